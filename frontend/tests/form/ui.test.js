import { describe, expect, test } from 'vitest';
import { CellTemplate, TableRowTemplate, TableTemplate } from '../../src/form/table.jsx';
import { isTable, uiFor } from '../../src/form/ui.js';

const form = (field, own) =>
  uiFor({ type: 'object', properties: { field } }, own === undefined ? {} : { field: own }).field;
const widget = (field, own) => form(field, own)['ui:widget'];

describe('a field is drawn by what its schema says', () => {
  test.each([
    ['yes or no', { type: 'boolean' }, 'radio'],
    ['an amount', { type: 'number', 'x-format': 'money' }, 'money'],
    ['a number', { type: 'number' }, 'number'],
    ['a whole number', { type: 'integer' }, 'number'],
    ['a number that may be missing', { type: ['null', 'integer'] }, 'number'],
    ['a year to choose', { type: 'integer', enum: [2026, 2027] }, 'select'],
    ['few short choices', { type: 'string', enum: ['建设类', '运维类'] }, 'radio'],
    ['many choices', { type: 'string', enum: ['一', '二', '三', '四', '五', '六'] }, 'select'],
    ['long choices', { type: 'string', enum: ['一'.repeat(20), '二'.repeat(20)] }, 'select'],
    ['titled choices', { type: 'string', oneOf: [{ const: 'a', title: '甲' }, { const: 'b' }] }, 'radio'],
    ['a date', { type: 'string', format: 'date' }, 'date'],
    ['an instant', { type: 'string', format: 'date-time' }, 'instant'],
    ['a line', { type: 'string', maxLength: 199 }, 'text'],
    ['a text', { type: 'string', maxLength: 200 }, 'textarea'],
    ['several of some', { type: 'array', items: { enum: ['甲', '乙'] } }, 'checkboxes'],
  ])('%s', (_, field, expected) => expect(widget(field)).toBe(expected));

  test('what the form’s own file says goes before', () => {
    expect(widget({ type: 'boolean' }, { 'ui:widget': 'checkbox' })).toBe('checkbox');
    expect(widget({ type: 'boolean' }, { 'ui:field': 'own' })).toBeUndefined();
    expect(form({ type: 'boolean' }, { 'ui:readonly': true })).toMatchObject({
      'ui:readonly': true,
      'ui:widget': 'radio',
    });
  });
});

describe('rows of plain values are a table', () => {
  const rows = (properties) => ({ type: 'array', items: { type: 'object', properties } });
  const FUNDS = rows({
    source: { type: 'string', enum: ['区级财政', '自筹'] },
    spent: { type: 'boolean' },
    note: { type: 'string', maxLength: 500 },
    amount: { type: 'number', 'x-format': 'money' },
  });

  test.each([
    ['rows of plain values', FUNDS, true],
    ['rows that may be missing', { ...FUNDS, type: ['array', 'null'] }, true],
    ['rows with a list in them', rows({ files: { type: 'array' } }), false],
    ['rows with an object in them', rows({ place: { type: 'object' } }), false],
    ['texts', { type: 'array', items: { type: 'string' } }, false],
    ['an object', { type: 'object' }, false],
  ])('%s', (_, schema, expected) => expect(isTable(schema)).toBe(expected));

  test('its cells are small: no radio buttons, no text areas', () => {
    const { items } = form(FUNDS);
    expect(
      Object.fromEntries(['source', 'spent', 'note', 'amount'].map((name) => [name, items[name]['ui:widget']])),
    ).toEqual({ source: 'select', spent: 'select', note: 'text', amount: 'money' });
    expect(items.amount['ui:FieldTemplate']).toBe(CellTemplate);
  });

  test('it has the table’s templates, and what its file says of it and of its cells', () => {
    const drawn = form(FUNDS, { 'ui:readonly': true, items: { note: { 'ui:placeholder': '备注' } } });
    expect(drawn).toMatchObject({
      'ui:ArrayFieldTemplate': TableTemplate,
      'ui:ArrayFieldItemTemplate': TableRowTemplate,
      'ui:readonly': true,
    });
    expect(drawn.items.note).toMatchObject({ 'ui:placeholder': '备注', 'ui:widget': 'text' });
  });
});

test('fields within an object are drawn like those outside, and one by one in a list', () => {
  const nested = form({ type: 'object', properties: { amount: { type: 'number', 'x-format': 'money' } } });
  expect(nested.amount['ui:widget']).toBe('money');
  const listed = form({ type: 'array', items: { type: 'string', format: 'date' } });
  expect(listed.items).toEqual({ 'ui:label': false, 'ui:widget': 'date' });
});

test('the whole form keeps the order of its file and has no button of its own', () => {
  const ui = uiFor({ properties: { a: { type: 'string' } } }, { 'ui:order': ['a'], a: { 'ui:help': '说明' } });
  expect(ui).toMatchObject({ 'ui:order': ['a'], a: { 'ui:help': '说明', 'ui:widget': 'text' } });
  expect(ui['ui:submitButtonOptions']).toEqual({ norender: true });
});
