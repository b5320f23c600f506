// Offices and people are chosen from the register, never typed: one from a list, several by ticking. A value is {key, name}; the server judges it.
import { ariaDescribedByIds } from '@rjsf/utils';

const WORDS = { office: '单位', person: '人员' };

/** What a schema names: 'office', 'person', or undefined. */
export const namedBy = (schema) => (WORDS[schema?.['x-format']] ? schema['x-format'] : undefined);

/** Under which name the page has brought the choices: people who have to hold a role by themselves. */
const listOf = (schema) => (schema?.['x-held'] ? `${namedBy(schema)}:${schema['x-held']}` : namedBy(schema));

/** The choices, with one that was chosen before and is gone since: shown, so that nobody loses it unseen. */
function offered(choices, chosen) {
  const gone = chosen.filter(({ key }) => !choices.some((choice) => choice.key === key));
  return [...choices, ...gone.map((one) => ({ ...one, label: `${one.name}（不在登记中）` }))];
}

const valueOf = ({ key, name }) => ({ key, name });

function Plain({ id, chosen }) {
  return (
    <div id={id} className="form-control-plaintext">
      {chosen.map(({ name }) => name).join('、') || '—'}
    </div>
  );
}

/** One office or person. */
export function OneOf(props) {
  const { schema, formData, onChange, fieldPathId, required, readonly, disabled, rawErrors = [], registry } = props;
  const id = fieldPathId.$id;
  const kind = namedBy(schema);
  const chosen = formData?.key ? [formData] : [];
  if (readonly || disabled) return <Plain id={id} chosen={chosen} />;
  const choices = offered(registry.formContext.register?.[listOf(schema)] ?? [], chosen);
  const pick = ({ target }) => {
    const found = choices.find(({ key }) => key === target.value);
    onChange(found && valueOf(found), fieldPathId.path);
  };
  return (
    <select
      id={id}
      name={id}
      className={'form-select' + (rawErrors.length ? ' is-invalid' : '')}
      aria-required={required || undefined}
      aria-invalid={rawErrors.length > 0 || undefined}
      aria-describedby={ariaDescribedByIds(fieldPathId)}
      value={formData?.key ?? ''}
      onChange={pick}
    >
      <option value="">{choices.length ? '请选择' : `没有可选的${WORDS[kind]}`}</option>
      {choices.map(({ key, label }) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** Several offices or people, in the order of the register. */
export function SomeOf(props) {
  const { schema, formData, onChange, fieldPathId, name, readonly, disabled, rawErrors = [], registry } = props;
  const id = fieldPathId.$id;
  const kind = namedBy(schema.items);
  const chosen = (formData ?? []).filter((one) => one?.key);
  if (readonly || disabled) return <Plain id={id} chosen={chosen} />;
  const choices = offered(registry.formContext.register?.[listOf(schema.items)] ?? [], chosen);
  const tick = (key, isOn) => {
    const kept = new Set(chosen.filter((one) => one.key !== key).map((one) => one.key));
    if (isOn) kept.add(key);
    onChange(choices.filter((choice) => kept.has(choice.key)).map(valueOf), fieldPathId.path);
  };
  return (
    <div
      id={id}
      role="group"
      aria-label={schema.title ?? name}
      aria-invalid={rawErrors.length > 0 || undefined}
      aria-describedby={ariaDescribedByIds(fieldPathId)}
    >
      {choices.length === 0 && <div className="form-control-plaintext">没有可选的{WORDS[kind]}</div>}
      {choices.map(({ key, label }) => (
        <div key={key} className="form-check">
          <input
            type="checkbox"
            id={`${id}-${key}`}
            className="form-check-input"
            checked={chosen.some((one) => one.key === key)}
            onChange={({ target }) => tick(key, target.checked)}
          />
          <label className="form-check-label" htmlFor={`${id}-${key}`}>
            {label}
          </label>
        </div>
      ))}
    </div>
  );
}

export const fields = { named: OneOf, nameds: SomeOf };
