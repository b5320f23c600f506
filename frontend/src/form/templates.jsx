// The frame around fields: label, help, clause, error, and the summary that links to what is wrong.
import { useEffect, useRef } from 'react';
import { ConfirmAt } from './confirm.jsx';
import { areDocuments, isDocument } from './documents.jsx';
import { namedBy } from './register.jsx';
import { BaseInput } from './widgets.jsx';

// A field for offices, people or documents is one like others, though its value is an object or a list of them.
const isNamed = (schema) =>
  isDocument(schema) ||
  areDocuments(schema) ||
  namedBy(schema) !== undefined ||
  (schema.type === 'array' && namedBy(schema.items) !== undefined);

const describedElsewhere = (schema) => schema.type === 'array' && schema.items?.type === 'object' && !isNamed(schema);

/** The clauses of a field that the district's own regulation has, one mark an article: "第二十五条". */
function Clauses({ ids, known }) {
  const articles = {};
  for (const id of ids.filter((each) => known[each])) {
    const [article] = known[id].article.split(' ');
    (articles[article] ??= []).push(`${known[id].article}：${known[id].paraphrase}（${id}）`);
  }
  return Object.entries(articles).map(([article, texts]) => (
    <span key={article} className="clause-mark" title={texts.join('\n')}>
      {article}
    </span>
  ));
}

const isEmpty = (value) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const WIDE_TEXT = 80; // a text this long or longer takes the whole width

function isWide(schema, uiSchema) {
  const widget = uiSchema?.['ui:widget'];
  if (uiSchema?.['ui:options']?.wide !== undefined) return uiSchema['ui:options'].wide;
  if (namedBy(schema)) return false;
  if (['object', 'array'].includes(schema.type) || widget === 'textarea') return true;
  return schema.maxLength >= WIDE_TEXT || (widget === 'radio' && (schema.enum ?? []).length > 3);
}

function FieldTemplate(props) {
  const { id, label, required, displayLabel, children, errors, help, hidden, schema, uiSchema, registry } = props;
  const fixed = props.readonly || props.disabled;
  // What earlier steps would have said here they have not said: nothing to show.
  const unsaid = uiSchema?.['ui:readonly'] && isEmpty(props.formData);
  if (hidden || unsaid) return <div hidden>{children}</div>;
  const Name = fixed ? 'div' : 'label'; // text has nothing to be labelled
  const isCheckbox = uiSchema?.['ui:widget'] === 'checkbox';
  const isPlain = displayLabel || isNamed(schema) || (schema.type === 'boolean' && !isCheckbox);
  const clauses = [schema['x-clauses'] ?? []]
    .flat()
    .flatMap((text) => text.split(/\s+/))
    .filter(Boolean);
  const inner = (
    <>
      {isPlain && (
        <Name className="form-label" htmlFor={fixed ? undefined : id}>
          {label}
          {required && (
            <span className="text-danger" aria-hidden="true">
              {' '}
              *
            </span>
          )}
          <Clauses ids={clauses} known={registry.formContext.clauses ?? {}} />
        </Name>
      )}
      {!describedElsewhere(schema) && (schema.type !== 'object' || isNamed(schema)) && schema.description && (
        <div className="form-text mt-0 mb-1" id={`${id}__description`}>
          {schema.description}
        </div>
      )}
      {children}
      {help}
      {!describedElsewhere(schema) && errors}
      {!fixed && id !== 'root' && (
        <ConfirmAt field={id.replace(/^root_/, '')} confirmations={registry.formContext.confirmations} />
      )}
    </>
  );
  if (id === 'root') return inner;
  const frame = schema.type === 'object' && !isNamed(schema) ? '' : 'mb-3 form-field';
  return <div className={`${frame} ${isWide(schema, uiSchema) ? 'wide' : ''}`}>{inner}</div>;
}

const FieldErrors = ({ errors = [], fieldPathId }) =>
  errors.length ? (
    <div className="invalid-feedback d-block" id={`${fieldPathId.$id}__error`}>
      {[...new Set(errors)].map((error) => (
        <div key={String(error)}>{error}</div>
      ))}
    </div>
  ) : null;

const FieldHelp = ({ help, fieldPathId }) =>
  help ? (
    <div className="form-text" id={`${fieldPathId.$id}__help`}>
      {help}
    </div>
  ) : null;

const fieldId = (property) => 'root' + property.replaceAll('.', '_');

function goTo(event, property) {
  const target = document.getElementById(fieldId(property));
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
}

/** All that is wrong, each a link to its field. Takes the focus where it appears first: give every refused attempt a key of its own. */
export function ErrorSummary({ errors }) {
  const box = useRef(null);
  useEffect(() => box.current?.focus(), []);
  if (!errors.length) return null;
  return (
    <div className="alert alert-danger" role="alert" tabIndex={-1} ref={box} id="error-summary">
      <p className="fw-bold mb-1">请更正以下 {errors.length} 处问题，已填写的内容都还在：</p>
      <ul className="mb-0">
        {errors.map(({ property, text }) => (
          <li key={property + text}>
            {property && property !== '.' ? (
              <a className="alert-link" href={'#' + fieldId(property)} onClick={(event) => goTo(event, property)}>
                {text}
              </a>
            ) : (
              text
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ObjectTemplate({ properties, title, fieldPathId, schema }) {
  const isRoot = fieldPathId.$id === 'root';
  const grid = <div className="form-grid">{properties.map(({ content }) => content)}</div>;
  if (isRoot) return grid;
  return (
    <fieldset className="mb-4 form-group-box" id={fieldPathId.$id} tabIndex={-1}>
      {title && <legend className="form-label fw-bold">{title}</legend>}
      {schema.description && <div className="form-text mt-0 mb-1">{schema.description}</div>}
      {grid}
    </fieldset>
  );
}

function ListTemplate({ items, canAdd, onAddClick, fieldPathId, readonly, disabled, title, required, formData }) {
  const isLocked = readonly || disabled;
  return (
    <fieldset id={fieldPathId.$id} tabIndex={-1}>
      <legend className="form-label">
        {title}
        {required && !isLocked && <span className="text-danger"> *</span>}
      </legend>
      {isLocked ? <div className="form-control-plaintext">{(formData ?? []).join('、') || '—'}</div> : items}
      {canAdd && !isLocked && (
        <button type="button" className="btn btn-outline-secondary btn-sm" onClick={onAddClick}>
          新增一项
        </button>
      )}
    </fieldset>
  );
}

function ListItemTemplate({ children, index, buttonsProps, readonly, disabled }) {
  return (
    <div className="d-flex gap-2 align-items-start">
      <div className="flex-grow-1">{children}</div>
      {!readonly && !disabled && buttonsProps.hasRemove && (
        <button
          type="button"
          className="btn btn-link text-danger"
          onClick={buttonsProps.onRemoveItem}
          aria-label={`删除第 ${index + 1} 项`}
        >
          删除
        </button>
      )}
    </div>
  );
}

export const templates = {
  FieldTemplate,
  FieldErrorTemplate: FieldErrors,
  FieldHelpTemplate: FieldHelp,
  ObjectFieldTemplate: ObjectTemplate,
  ArrayFieldTemplate: ListTemplate,
  ArrayFieldItemTemplate: ListItemTemplate,
  BaseInputTemplate: BaseInput,
  DescriptionFieldTemplate: () => null, // FieldTemplate shows the description itself
  ErrorListTemplate: () => null, // ErrorSummary shows the server's findings too
};
