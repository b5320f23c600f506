import { expect, test } from 'vitest';
import { messageFor } from '../../src/form/messages.js';

test.each([
  ['required', ['a'], '必填'],
  ['minLength', 2, '至少填写 2 个字'],
  ['maxLength', 500, '最多填写 500 个字'],
  ['minimum', 0, '不能小于 0'],
  ['maximum', 100, '不能大于 100'],
  ['exclusiveMinimum', 0, '须大于 0'],
  ['exclusiveMaximum', 1, '须小于 1'],
  ['minItems', 1, '至少填写 1 项'],
  ['maxItems', 9, '最多填写 9 项'],
  ['multipleOf', 0.01, '最多保留两位小数'],
  ['multipleOf', 5, '须为 5 的整数倍'],
  ['type', 'integer', '请填写整数'],
  ['type', ['number', 'null'], '请填写数字，金额最多两位小数'],
  ['type', 'boolean', '请选择是或否'],
  ['format', 'date', '请填写日期，例如 2026-10-15'],
  ['format', 'date-time', '请填写日期和时间'],
  ['format', 'email', '格式不正确'],
  ['enum', ['甲'], '请选择列出的选项'],
  ['additionalProperties', false, '表单里没有这个字段'],
])('%s of %j is said in an official’s words', (keyword, limit, words) =>
  expect(messageFor(keyword, limit)).toBe(words),
);

test('a keyword that nobody foresaw still gets a sentence', () => {
  expect(messageFor('dependentRequired', {})).toBe('填写有误');
  expect(messageFor('minimum', undefined)).toBe('填写有误');
  expect(messageFor('type', 'date')).toBe('填写的内容不对');
});
