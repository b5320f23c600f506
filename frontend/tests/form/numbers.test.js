import { describe, expect, test } from 'vitest';
import { grouped, moneyHint, readNumber } from '../../src/form/numbers.js';

const money = { decimals: 2 };
const whole = { decimals: 0 };

describe('what was typed', () => {
  test.each([
    ['4000000.01', 4000000.01],
    ['4,000,000.01', 4000000.01],
    ['4，000，000。5', 4000000.5],
    [' 12 ', 12],
    ['0', 0],
    ['0.10', 0.1],
    ['-3.5', -3.5],
  ])('the amount %j is read as %d', (text, value) => expect(readNumber(text, money)).toBe(value));

  test.each(['1.005', '4000000.001', '1e3', '.5', '5.', '1.2.3', '四百万', '0x10', '--1', 'Infinity', '1。2。3'])(
    'the amount %j is kept as it was typed, so that the form can refuse it and nobody loses it',
    (text) => expect(readNumber(text, money)).toBe(text),
  );

  test.each(['', '   ', ',', '，'])('%j is no answer', (text) => expect(readNumber(text, money)).toBeUndefined());

  test.each([
    ['120', 120],
    ['1,200', 1200],
    ['-7', -7],
    ['1.5', '1.5'],
    ['1.0', '1.0'],
  ])('the whole number %j is read as %j', (text, value) => expect(readNumber(text, whole)).toBe(value));

  test('a number without a limit to its decimals keeps them all', () => {
    expect(readNumber('3.14159', {})).toBe(3.14159);
  });

  test('fifteen digits are held exactly, a sixteenth would be rounded and is refused', () => {
    expect(readNumber('9999999999999.99', money)).toBe(9999999999999.99);
    expect(readNumber('99999999999999.99', money)).toBe('99999999999999.99');
    expect(readNumber('999999999999999', whole)).toBe(999999999999999);
    expect(readNumber('9007199254740993', whole)).toBe('9007199254740993');
  });
});

describe('what is shown', () => {
  test.each([
    [4000000.01, '4,000,000.01 元，合 400.000001 万元'],
    [4000000, '4,000,000.00 元，合 400 万元'],
    [10000, '10,000.00 元，合 1 万元'],
    [9999.99, '9,999.99 元'],
    [0, '0.00 元'],
    [-20000.5, '-20,000.50 元，合 -2.00005 万元'],
  ])('%d is explained as %s', (value, words) => expect(moneyHint(value)).toBe(words));

  test.each([undefined, null, '', '1.005', '四百万'])('%j, which is no number yet, is not explained', (value) =>
    expect(moneyHint(value)).toBe(''),
  );

  test('an amount has two decimals, another number those it has', () => {
    expect(grouped(1234567.8, 2)).toBe('1,234,567.80');
    expect(grouped(1234567.8)).toBe('1,234,567.8');
    expect(grouped(1000)).toBe('1,000');
  });

  test('what is shown of an amount is read back as the same amount', () => {
    for (const value of [0.01, 0.1, 9999.99, 1234567.8, 4000000.01, 9999999999999.99, -12.3]) {
      expect(readNumber(grouped(value, 2), money)).toBe(value);
    }
  });
});
