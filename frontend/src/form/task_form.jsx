// The form of a task: fill in, keep as a draft, submit. What the server refuses is said in words, and nothing is lost.
import { useEffect, useMemo, useRef, useState } from 'react';
import Form from '@rjsf/core';
import { toErrorSchema } from '@rjsf/utils';
import { ConfirmAt, useConfirmations } from './confirm.jsx';
import { fields as ofDocuments } from './documents.jsx';
import { fields as ofRegister } from './register.jsx';
import { makeKeeper, post } from './server.js';
import { ErrorSummary, templates } from './templates.jsx';
import { uiFor, withEmptyLists, withShapes } from './ui.js';
import validator, { propertyOf } from './validator.js';
import { widgets, Zone } from './widgets.jsx';
import { translateString } from './words.js';

const DEFAULTS = {
  constAsDefaults: 'never',
  requiredBooleanDefault: 'skip', // nobody answers 否 by looking away
  emptyObjectFields: 'skipEmptyDefaults',
  arrayMinItems: { populate: 'requiredOnly' },
};

// Numbers keep the text people typed until it reads as a number: the stock field would round it on the way.
const NumberField = (props) => {
  const { StringField } = props.registry.fields;
  return <StringField {...props} />;
};
const fields = { NumberField, ...ofRegister, ...ofDocuments };

// The server names a field as items/0/amount; its sentence already carries the field's title.
function fromServer(problems) {
  return problems.map(({ path, message, confirm }) => ({
    property: path ? propertyOf(path.split('/')) : '.',
    message,
    text: confirm ? `${message}（确属如此的，可在该项说明理由）` : message,
  }));
}

function Refusal({ problem }) {
  if (!problem) return null;
  return (
    <div className="alert alert-warning" role="alert">
      <p className="mb-1">{problem.detail}</p>
      {problem.link && (
        <a className="alert-link" href={problem.link} target="_blank" rel="noopener">
          重新登录
        </a>
      )}
      {problem.code && <span className="error-code">{problem.code}</span>}
    </div>
  );
}

const clock = (instant, zone) =>
  new Intl.DateTimeFormat('zh-CN', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    instant,
  );

/** A ref: while it holds true, the browser asks before the page is left. */
function useLeaveWarning() {
  const dirtyRef = useRef(false);
  useEffect(() => {
    const warn = (event) => dirtyRef.current && event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
  return dirtyRef;
}

export function TaskForm({ form, initial, clauses, register, files, readOnly, preview, urls, session, zone }) {
  const [data, setData] = useState(() => (readOnly ? initial : withEmptyLists(form.schema, initial)));
  const [errors, setErrors] = useState([]); // found in the browser
  const [served, setServed] = useState([]); // found by the server
  const [attempt, setAttempt] = useState(0);
  const [refusal, setRefusal] = useState();
  const [busy, setBusy] = useState('');
  const [note, setNote] = useState('');
  const confirmations = useConfirmations();
  const dirtyRef = useLeaveWarning();
  const keyFor = useMemo(() => makeKeeper(), []);
  const ui = useMemo(() => uiFor(form.schema, form.ui), [form]);
  const schema = useMemo(() => ({ ...withShapes(form.schema), title: undefined, description: undefined }), [form]);
  const extra = useMemo(() => toErrorSchema(served), [served]);

  const change = ({ formData, errors: found }) => {
    dirtyRef.current = !preview;
    setData(formData);
    setErrors(found ?? []);
    setNote('');
  };

  const send = async (url, what, content) => {
    setBusy(what);
    setRefusal(undefined);
    const { given } = confirmations;
    const isConfirmed = what === 'submit' && Object.keys(given).length > 0;
    const body = JSON.stringify(isConfirmed ? { data: content, confirmed: given } : { data: content });
    const answer = await post(url, body, session, what === 'submit' ? keyFor(body) : undefined);
    setBusy('');
    if (answer.ok) {
      dirtyRef.current = false;
      return answer.result;
    }
    const problems = answer.problem.problems ?? [];
    setServed(fromServer(problems));
    if (what === 'submit') confirmations.told(problems);
    if (!problems.length) setRefusal(answer.problem);
    setAttempt((n) => n + 1);
    return undefined;
  };

  const submit = async ({ formData }) => {
    setErrors([]);
    setServed([]);
    if (preview) return;
    const result = await send(urls.complete, 'submit', formData);
    if (result) window.location.assign(result.redirect);
  };

  const refuse = (found) => {
    setErrors(found);
    setServed([]);
    setAttempt((n) => n + 1);
  };

  const keepDraft = async () => {
    setServed([]);
    const result = await send(urls.draft, 'draft', data);
    if (result) setNote(`草稿已于 ${clock(new Date(result.savedAt), zone)} 保存，下次打开接着填。`);
  };

  const listed = attempt
    ? [
        ...served,
        ...errors
          .filter(({ property, message }) => !served.some((s) => s.property === property && s.message === message))
          .map(({ property, stack }) => ({ property, text: stack })),
      ]
    : [];

  return (
    <Zone.Provider value={zone}>
      <ErrorSummary key={attempt} errors={listed} />
      <Form
        schema={schema}
        uiSchema={ui}
        formData={data}
        formContext={{ clauses, confirmations, files, register, session }}
        validator={validator}
        extraErrors={extra}
        templates={templates}
        widgets={widgets}
        fields={fields}
        readonly={readOnly}
        translateString={translateString}
        experimental_defaultFormStateBehavior={DEFAULTS}
        noHtml5Validate
        showErrorList={false}
        liveValidate={attempt ? 'onChange' : undefined}
        onChange={change}
        onSubmit={submit}
        onError={refuse}
      >
        <ConfirmAt field="" confirmations={confirmations} />
        <Refusal problem={refusal} />
        {readOnly || preview ? (
          <></>
        ) : (
          <div className="form-actions">
            <button type="submit" className="btn btn-primary" disabled={busy !== ''}>
              {busy === 'submit' ? '正在提交…' : '提交'}
            </button>
            {urls.draft && (
              <button type="button" className="btn btn-outline-secondary" disabled={busy !== ''} onClick={keepDraft}>
                {busy === 'draft' ? '正在保存…' : '暂存草稿'}
              </button>
            )}
            <span role="status" className="text-body-secondary small">
              {note}
            </span>
          </div>
        )}
      </Form>
    </Zone.Provider>
  );
}
