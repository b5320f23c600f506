// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  BaseInput,
  Checkbox,
  Checkboxes,
  InstantInput,
  MoneyInput,
  NumberInput,
  Radios,
  Select,
  TextArea,
  Zone,
} from '../../src/form/widgets.jsx';

afterEach(cleanup);

const CHOICES = [
  { value: 'build', label: '建设类' },
  { value: 'run', label: '运维类' },
];
const YES_NO = [
  { value: true, label: '是' },
  { value: false, label: '否' },
];

/** A widget that keeps its value, as within the form; gives what the form was told last. */
function fill(Widget, { value: first, schema = {}, options = {}, ...more } = {}) {
  const told = vi.fn();
  function Kept() {
    const [value, setValue] = useState(first);
    const onChange = (next) => {
      told(next);
      setValue(next);
    };
    return (
      <Zone.Provider value="Asia/Shanghai">
        <Widget
          id="f"
          label="栏目"
          schema={schema}
          options={options}
          value={value}
          onChange={onChange}
          onBlur={() => {}}
          onFocus={() => {}}
          {...more}
        />
      </Zone.Provider>
    );
  }
  render(<Kept />);
  return { input: document.getElementById('f'), told, said: () => told.mock.lastCall?.[0] };
}

const type = (input, value) => fireEvent.change(input, { target: { value } });

describe('an amount', () => {
  test('is what was typed, explained, and written out when left', () => {
    const { input, said } = fill(MoneyInput);
    type(input, '4000000.01');
    expect(said()).toBe(4000000.01);
    expect(input.value).toBe('4000000.01');
    expect(screen.getByText('4,000,000.01 元，合 400.000001 万元')).toBeTruthy();
    fireEvent.blur(input);
    expect(input.value).toBe('4,000,000.01');
    expect(said(), 'leaving changes nothing').toBe(4000000.01);
  });

  test('that is none stays as typed, for the form to refuse', () => {
    const { input, said } = fill(MoneyInput);
    type(input, '1.005');
    fireEvent.blur(input);
    expect([said(), input.value]).toEqual(['1.005', '1.005']);
  });

  test('may be typed digit by digit, trailing zeros and all', () => {
    const { input, said } = fill(MoneyInput);
    for (const text of ['1', '1.', '1.5', '1.50']) {
      type(input, text);
      expect(input.value).toBe(text);
    }
    expect(said()).toBe(1.5);
  });

  test('emptied is no answer, not zero', () => {
    const { input, said } = fill(MoneyInput, { value: 5 });
    type(input, '');
    expect([said(), input.value]).toEqual([undefined, '']);
  });

  test('that cannot be changed is text, with its unit', () => {
    fill(MoneyInput, { value: 1234567.8, readonly: true });
    expect(document.getElementById('f').textContent).toBe('1,234,567.80 元');
    expect(document.querySelector('input')).toBeNull();
  });
});

test('a whole number is not rounded behind anybody’s back', () => {
  const { input, said } = fill(NumberInput, { schema: { type: 'integer' } });
  type(input, '1.5');
  expect([said(), input.value, input.inputMode]).toEqual(['1.5', '1.5', 'numeric']);
  type(input, '1,200');
  expect([said(), input.value]).toEqual([1200, '1,200']);
});

test('a number shows what the form holds when something else has changed it', () => {
  const { input } = fill(NumberInput, { value: 7, schema: { type: 'number' } });
  expect(input.value).toBe('7');
  type(input, '3.10');
  expect(input.value).toBe('3.10');
});

describe('an instant', () => {
  test('is read and written in the district’s zone', () => {
    const { input, said } = fill(InstantInput, { value: '2026-10-15T16:00:00Z' });
    expect(input.value).toBe('2026-10-16T00:00');
    type(input, '2026-10-17T09:30');
    expect(said()).toBe('2026-10-17T09:30:00+08:00');
  });

  test('that cannot be changed is text', () => {
    fill(InstantInput, { value: '2026-10-15T16:00:00Z', disabled: true });
    expect(document.getElementById('f').textContent).toBe('2026-10-16 00:00');
  });
});

describe.each([
  ['a line', BaseInput],
  ['a text', TextArea],
])('%s', (_, Widget) => {
  test('emptied is no answer', () => {
    const { input, said } = fill(Widget, { value: '甲' });
    type(input, '乙');
    expect(said()).toBe('乙');
    type(input, '');
    expect(said()).toBeUndefined();
  });

  test('takes no more than the form allows', () => {
    expect(fill(Widget, { schema: { maxLength: 20 } }).input.maxLength).toBe(20);
  });

  test('that nobody filled in is a dash where it cannot be changed', () => {
    fill(Widget, { readonly: true });
    expect(document.getElementById('f').textContent).toBe('—');
  });
});

describe('one of some', () => {
  test('is none until it is chosen, and may be taken back', () => {
    const { input, said } = fill(Select, { options: { enumOptions: YES_NO } });
    expect(input.value).toBe('');
    type(input, '1');
    expect(said()).toBe(false);
    type(input, '');
    expect(said()).toBeUndefined();
  });

  test('shows the choice that holds, false as well', () => {
    expect(fill(Select, { value: false, options: { enumOptions: YES_NO } }).input.value).toBe('1');
  });

  test('nobody answers 否 by looking away', () => {
    const { said, told } = fill(Radios, { options: { enumOptions: YES_NO } });
    expect([...document.querySelectorAll('input')].map(({ checked }) => checked)).toEqual([false, false]);
    expect(told).not.toHaveBeenCalled();
    fireEvent.click(screen.getByLabelText('否'));
    expect(said()).toBe(false);
  });

  test.each([
    ['Select', Select],
    ['Radios', Radios],
  ])('%s that cannot be changed is the choice’s words', (name, Widget) => {
    fill(Widget, { value: 'run', options: { enumOptions: CHOICES }, readonly: true });
    expect(document.getElementById('f').textContent).toBe('运维类');
  });
});

describe('several of some', () => {
  test('stand in the order of the form, however they were ticked', () => {
    const { said } = fill(Checkboxes, { options: { enumOptions: CHOICES } });
    fireEvent.click(screen.getByLabelText('运维类'));
    fireEvent.click(screen.getByLabelText('建设类'));
    expect(said()).toEqual(['build', 'run']);
    fireEvent.click(screen.getByLabelText('运维类'));
    expect(said()).toEqual(['build']);
  });

  test('that cannot be changed are the choices’ words', () => {
    fill(Checkboxes, { value: ['run', 'build'], options: { enumOptions: CHOICES }, readonly: true });
    expect(document.getElementById('f').textContent).toBe('运维类、建设类');
  });
});

test.each([
  [true, '是'],
  [false, '否'],
  [undefined, '—'],
])('a tick of %j that cannot be changed is %s', (value, words) => {
  fill(Checkbox, { value, readonly: true });
  expect(document.getElementById('f').textContent).toBe(words);
});

test.each([
  ['BaseInput', BaseInput],
  ['MoneyInput', MoneyInput],
  ['NumberInput', NumberInput],
  ['Select', Select],
  ['TextArea', TextArea],
  ['InstantInput', InstantInput],
])('%s says to everybody that it is required and wrong', (name, Widget) => {
  const { input } = fill(Widget, { required: true, rawErrors: ['必填'] });
  expect(input.getAttribute('aria-required')).toBe('true');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  expect(input.className).toContain('is-invalid');
  expect(input.getAttribute('aria-describedby')).toContain('f__error');
});
