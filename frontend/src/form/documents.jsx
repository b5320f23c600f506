// Documents: files are brought to the server as soon as they are chosen; the form holds references to them. The server judges name, type and size.
import { useEffect, useRef, useState } from 'react';
import { ariaDescribedByIds } from '@rjsf/utils';
import { upload } from './upload.js';

/** Whether a schema is a document, or (`many`) a list of them. */
export const isDocument = (schema) => schema?.['x-format'] === 'document';
export const areDocuments = (schema) => [schema?.type].flat().includes('array') && isDocument(schema.items);

const addressOf = (files, key) => files?.read?.replace('/0?', `/${key}?`);

/** What may be brought, told before anybody chooses. */
export const limitsOf = (files) => `可以上传 ${files.kinds}，每份不超过 ${files.size}`;

/** What is wrong before anything is sent; the server says the rest. */
export function refusal(file, files) {
  const ending = /\.[^.]+$/.exec(file.name)?.[0]?.toLowerCase() ?? '';
  if (!files.endings.includes(ending)) return `“${file.name}”这种类型不能上传；可以上传：${files.kinds}`;
  if (file.size > files.bytes) return `“${file.name}”超过 ${files.size}，请压缩或分成几份后再上传`;
  return file.size === 0 ? `“${file.name}”是空的` : undefined;
}

function Name({ one, files }) {
  const address = addressOf(files, one.key);
  const label = one.version > 1 ? `${one.name}（第 ${one.version} 版）` : one.name;
  return address ? (
    <a href={address} download>
      {label}
    </a>
  ) : (
    label
  );
}

function Chosen({ chosen, files, locked, onRemove, onReplace, busy }) {
  if (!chosen.length) return null;
  return (
    <ul className="list-unstyled mb-1 documents">
      {chosen.map((one) => (
        <li key={one.key}>
          <Name one={one} files={files} />
          {!locked && (
            <>
              <label className={'btn btn-link btn-sm' + (busy ? ' disabled' : '')}>
                替换
                <input
                  type="file"
                  className="visually-hidden"
                  accept={files.endings.join(',')}
                  aria-label={`替换 ${one.name}`}
                  disabled={busy}
                  onChange={({ target }) => {
                    onReplace(one, [...target.files]);
                    target.value = '';
                  }}
                />
              </label>
              <button
                type="button"
                className="btn btn-link btn-sm text-danger"
                aria-label={`删除 ${one.name}`}
                disabled={busy}
                onClick={() => onRemove(one)}
              >
                删除
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The list of documents at one place of the form. `many` false: at most one. */
function Documents({
  id,
  value,
  many,
  locked,
  slot,
  label,
  describedBy,
  invalid,
  required,
  compact,
  context,
  onValue,
}) {
  const { files, session } = context;
  const [sending, setSending] = useState();
  const [refused, setRefused] = useState([]);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  const put = (next) => {
    latest.current = next;
    onValue(next);
  };

  const send = async (chosen, replaced) => {
    const told = [];
    setRefused([]);
    for (const file of chosen) {
      const why = refusal(file, files);
      if (why) {
        told.push(why);
        continue;
      }
      setSending({ name: file.name, share: 0 });
      const wanted = { slot, replaces: replaced?.key };
      const answer = await upload(files.put, file, wanted, session, (share) => setSending({ name: file.name, share }));
      if (!answer.ok) {
        told.push(answer.problem.detail);
        continue;
      }
      const one = answer.result.document;
      const others = latest.current;
      if (replaced) put(others.map((each) => (each.key === replaced.key ? one : each)));
      else put(many ? [...others, one] : [one]);
    }
    setSending(undefined);
    setRefused(told);
  };

  const closed = locked || !files?.put;
  if (closed || files.refused) {
    return (
      <div id={id} tabIndex={-1}>
        {value.length > 0 || locked ? (
          <div className="form-control-plaintext">
            {value.length ? <Chosen chosen={value} files={files} locked /> : '—'}
          </div>
        ) : null}
        {!locked && <div className="form-text">{files?.refused || '办理事项时在这里上传。'}</div>}
        {!closed && value.length > 0 && (
          <button type="button" className="btn btn-outline-secondary btn-sm" onClick={() => put([])}>
            去掉已有的文件
          </button>
        )}
      </div>
    );
  }
  return (
    <div role="group" aria-label={label}>
      <Chosen
        chosen={value}
        files={files}
        busy={sending !== undefined}
        onRemove={(one) => put(latest.current.filter(({ key }) => key !== one.key))}
        onReplace={(one, chosen) => send(chosen, one)}
      />
      {(many || value.length === 0) && (
        <label className={'btn btn-outline-secondary btn-sm' + (sending ? ' disabled' : '')} title={limitsOf(files)}>
          上传文件
          <input
            id={id}
            type="file"
            className="visually-hidden"
            multiple={many}
            accept={files.endings.join(',')}
            aria-label={`上传${label}`}
            aria-required={required || undefined}
            aria-invalid={invalid || undefined}
            aria-describedby={describedBy}
            disabled={sending !== undefined}
            onChange={({ target }) => {
              const chosen = [...target.files];
              target.value = '';
              send(chosen);
            }}
          />
        </label>
      )}
      {!compact && <div className="form-text">{limitsOf(files)}</div>}
      {sending && (
        <div role="status" className="small">
          正在上传“{sending.name}”
          <progress className="ms-2" max={1} value={sending.share} aria-label={`上传“${sending.name}”的进度`} />
        </div>
      )}
      {refused.length > 0 && (
        <div role="alert" className="text-danger small">
          {refused.map((why) => (
            <div key={why}>{why}</div>
          ))}
        </div>
      )}
    </div>
  );
}

const shared = ({ schema, uiSchema, fieldPathId, name, readonly, disabled, required, rawErrors = [], registry }) => ({
  id: fieldPathId.$id,
  locked: Boolean(readonly || disabled),
  slot: fieldPathId.path.filter((step) => typeof step !== 'number' && !/^\d+$/.test(step)).join('/'),
  label: schema.title ?? name,
  describedBy: ariaDescribedByIds(fieldPathId),
  invalid: rawErrors.length > 0,
  required,
  compact: uiSchema?.['ui:options']?.compact === true,
  context: registry.formContext,
});

function OneDocument(props) {
  const { formData, onChange, fieldPathId } = props;
  const value = formData?.key ? [formData] : [];
  return (
    <Documents {...shared(props)} many={false} value={value} onValue={([one]) => onChange(one, fieldPathId.path)} />
  );
}

function SomeDocuments(props) {
  const { formData, onChange, fieldPathId } = props;
  const value = (formData ?? []).filter((one) => one?.key);
  return <Documents {...shared(props)} many value={value} onValue={(next) => onChange(next, fieldPathId.path)} />;
}

export const fields = { document: OneDocument, documents: SomeDocuments };
