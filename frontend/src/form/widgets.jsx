// Inputs in Bootstrap's dress. A read-only field is plain text: nobody should try to type into it.
import { createContext, useContext, useState } from 'react';
import { ariaDescribedByIds } from '@rjsf/utils';
import { fromLocal, toLocal } from './instants.js';
import { grouped, moneyHint, readNumber } from './numbers.js';

/** The district's zone, in which instants are read and written: the page gives it. */
export const Zone = createContext(undefined);

const invalid = (rawErrors = []) => (rawErrors.length ? ' is-invalid' : '');

const Text = ({ id, children, className = '' }) => (
  <div id={id} className={`form-control-plaintext ${className}`}>
    {children === undefined || children === null || children === '' ? '—' : children}
  </div>
);

const locked = ({ readonly, disabled }) => readonly || disabled;

function shared({ id, htmlName, required, rawErrors = [], placeholder, autofocus, hideLabel, label }) {
  return {
    id,
    'aria-label': hideLabel ? label : undefined,
    name: htmlName || id,
    placeholder,
    autoFocus: autofocus,
    'aria-required': required || undefined,
    'aria-invalid': rawErrors.length > 0 || undefined,
    'aria-describedby': ariaDescribedByIds(id),
  };
}

export function BaseInput(props) {
  const { id, value, onChange, onBlur, onFocus, options, rawErrors, type = 'text', schema } = props;
  if (locked(props)) return <Text id={id}>{value}</Text>;
  return (
    <input
      {...shared(props)}
      type={type === 'email' || type === 'url' || type === 'date' ? type : 'text'}
      className={'form-control' + invalid(rawErrors)}
      value={value ?? ''}
      maxLength={schema.maxLength}
      onChange={({ target }) => onChange(target.value === '' ? options.emptyValue : target.value)}
      onBlur={({ target }) => onBlur(id, target.value)}
      onFocus={({ target }) => onFocus(id, target.value)}
    />
  );
}

export const DateInput = (props) => <BaseInput {...props} type="date" />;

export function InstantInput(props) {
  const zone = useContext(Zone);
  const local = toLocal(props.value, zone);
  if (locked(props)) return <Text id={props.id}>{local.replace('T', ' ')}</Text>;
  return (
    <input
      {...shared(props)}
      type="datetime-local"
      className={'form-control' + invalid(props.rawErrors)}
      value={local}
      onChange={({ target }) => props.onChange(fromLocal(target.value, zone))}
    />
  );
}

export function TextArea(props) {
  const { id, value, onChange, options, rawErrors, schema } = props;
  if (locked(props)) {
    return (
      <Text id={id} className="text-prewrap">
        {value}
      </Text>
    );
  }
  return (
    <textarea
      {...shared(props)}
      className={'form-control' + invalid(rawErrors)}
      rows={options.rows ?? 3}
      maxLength={schema.maxLength}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? options.emptyValue : target.value)}
    />
  );
}

function useTypedNumber(value, onChange, decimals) {
  const [typed, setTyped] = useState();
  const stillTyped = typed !== undefined && readNumber(typed, { decimals }) === value;
  const change = ({ target }) => {
    setTyped(target.value);
    onChange(readNumber(target.value, { decimals }));
  };
  return [stillTyped ? typed : (value ?? ''), change, setTyped];
}

export function NumberInput(props) {
  const decimals = props.schema.type === 'integer' ? 0 : undefined;
  const [shown, change] = useTypedNumber(props.value, props.onChange, decimals);
  if (locked(props)) return <Text id={props.id}>{props.value}</Text>;
  return (
    <input
      {...shared(props)}
      inputMode={decimals === 0 ? 'numeric' : 'decimal'}
      autoComplete="off"
      className={'form-control number-input' + invalid(props.rawErrors)}
      value={shown}
      onChange={change}
    />
  );
}

export function MoneyInput(props) {
  const { id, value, rawErrors } = props;
  const [shown, change, setTyped] = useTypedNumber(value, props.onChange, 2);
  if (locked(props)) {
    return (
      <Text id={id} className="amount">
        {typeof value === 'number' ? `${grouped(value, 2)} 元` : value}
      </Text>
    );
  }
  const hint = moneyHint(value);
  return (
    <div className="money-input">
      <div className={'input-group' + (rawErrors?.length ? ' has-validation' : '')}>
        <input
          {...shared(props)}
          inputMode="decimal"
          autoComplete="off"
          className={'form-control text-end' + invalid(rawErrors)}
          value={shown}
          onChange={change}
          onBlur={() => typeof value === 'number' && setTyped(grouped(value, 2))}
        />
        <span className="input-group-text">元</span>
      </div>
      {hint && <div className="form-text text-end mt-0">{hint}</div>}
    </div>
  );
}

export function Select(props) {
  const { id, options, value, onChange, rawErrors, placeholder } = props;
  const choices = options.enumOptions ?? [];
  const at = choices.findIndex((choice) => choice.value === value);
  if (locked(props)) return <Text id={id}>{choices[at]?.label ?? value}</Text>;
  return (
    <select
      {...shared(props)}
      className={'form-select' + invalid(rawErrors)}
      value={at < 0 ? '' : at}
      onChange={({ target }) => onChange(target.value === '' ? undefined : choices[Number(target.value)].value)}
    >
      <option value="">{placeholder || '请选择'}</option>
      {choices.map(({ label }, i) => (
        <option key={label} value={i}>
          {label}
        </option>
      ))}
    </select>
  );
}

function Choice({ id, type, checked, label, onChange, rawErrors, name }) {
  return (
    <div className="form-check form-check-inline">
      <input
        className={'form-check-input' + invalid(rawErrors)}
        type={type}
        id={id}
        name={name}
        checked={checked}
        onChange={onChange}
      />
      <label className="form-check-label" htmlFor={id}>
        {label}
      </label>
    </div>
  );
}

export function Radios(props) {
  const { id, options, value, onChange, rawErrors, label, required } = props;
  const choices = options.enumOptions ?? [];
  if (locked(props)) return <Text id={id}>{choices.find((choice) => choice.value === value)?.label ?? value}</Text>;
  return (
    <div
      id={id}
      role="radiogroup"
      tabIndex={-1}
      aria-label={label}
      aria-required={required || undefined}
      aria-invalid={rawErrors?.length > 0 || undefined}
    >
      {choices.map((choice, i) => (
        <Choice
          key={choice.label}
          id={`${id}-${i}`}
          name={id}
          type="radio"
          label={choice.label}
          checked={choice.value === value}
          rawErrors={rawErrors}
          onChange={() => onChange(choice.value)}
        />
      ))}
    </div>
  );
}

export function Checkboxes(props) {
  const { id, options, value, onChange, rawErrors, label } = props;
  const choices = options.enumOptions ?? [];
  const chosen = Array.isArray(value) ? value : [];
  const wordsOf = (each) => choices.find((choice) => choice.value === each)?.label ?? each;
  if (locked(props)) return <Text id={id}>{chosen.map(wordsOf).join('、')}</Text>;
  const toggle = (choice, on) =>
    choices.map((each) => each.value).filter((each) => (each === choice ? on : chosen.includes(each)));
  return (
    <div id={id} role="group" tabIndex={-1} aria-label={label}>
      {choices.map((choice, i) => (
        <Choice
          key={choice.label}
          id={`${id}-${i}`}
          name={id}
          type="checkbox"
          label={choice.label}
          checked={chosen.includes(choice.value)}
          rawErrors={rawErrors}
          onChange={({ target }) => onChange(toggle(choice.value, target.checked))}
        />
      ))}
    </div>
  );
}

export function Checkbox(props) {
  const { id, value, onChange, label, rawErrors } = props;
  if (locked(props)) return <Text id={id}>{value === undefined ? undefined : value ? '是' : '否'}</Text>;
  return (
    <div className="form-check">
      <input
        {...shared(props)}
        className={'form-check-input' + invalid(rawErrors)}
        type="checkbox"
        checked={value === true}
        onChange={({ target }) => onChange(target.checked)}
      />
      <label className="form-check-label" htmlFor={id}>
        {label}
      </label>
    </div>
  );
}

export const widgets = {
  text: BaseInput,
  TextWidget: BaseInput,
  textarea: TextArea,
  TextareaWidget: TextArea,
  date: DateInput,
  DateWidget: DateInput,
  instant: InstantInput,
  DateTimeWidget: InstantInput,
  number: NumberInput,
  updown: NumberInput,
  UpDownWidget: NumberInput,
  money: MoneyInput,
  select: Select,
  SelectWidget: Select,
  radio: Radios,
  RadioWidget: Radios,
  checkboxes: Checkboxes,
  CheckboxesWidget: Checkboxes,
  checkbox: Checkbox,
  CheckboxWidget: Checkbox,
};
