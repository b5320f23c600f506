// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TaskForm } from '../../src/form/task_form.jsx';
import { isTable, uiFor } from '../../src/form/ui.js';

const OFFICE = { type: 'object', 'x-format': 'office' };
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['lead'],
  properties: {
    lead: { ...OFFICE, title: '牵头单位', description: '由它组织' },
    signers: { title: '会签单位', type: 'array', items: OFFICE },
    reviewer: { title: '审核人', type: 'object', 'x-format': 'person' },
  },
};
const REGISTER = {
  office: [
    { key: '1', name: '教育局', label: '教育局' },
    { key: '2', name: '水利局', label: '水利局' },
  ],
  person: [
    { key: '7', name: '王芳', label: '王芳（wang1）' },
    { key: '8', name: '王芳', label: '王芳（wang2）' },
  ],
};
const GIVEN = {
  form: { schema: SCHEMA, ui: {} },
  initial: {},
  clauses: {},
  register: REGISTER,
  readOnly: false,
  urls: { complete: '/tasks/1/complete' },
  session: { csrf: 'c', tokenUrl: '/session', signInUrl: '/sign-in' },
  zone: 'Asia/Shanghai',
};
let sent;

beforeEach(() => {
  sent = [];
  vi.stubGlobal('fetch', async (url, { body }) => {
    sent.push(JSON.parse(body).data);
    return new Response(JSON.stringify({ detail: '不收', problems: [] }), { status: 400 });
  });
  window.HTMLElement.prototype.scrollIntoView = () => {};
});
afterEach(cleanup);

const show = (more) => render(<TaskForm {...GIVEN} {...more} />);
const submit = () => act(async () => fireEvent.click(screen.getByRole('button', { name: /提交|办结/ })));

test('an office and a person are chosen from lists, and sent by key and name', async () => {
  show();
  fireEvent.change(screen.getByLabelText(/牵头单位/), { target: { value: '2' } });
  fireEvent.change(screen.getByLabelText('审核人'), { target: { value: '8' } });
  await submit();
  expect(sent).toEqual([{ lead: { key: '2', name: '水利局' }, reviewer: { key: '8', name: '王芳' } }]);
});

test('several offices are ticked, in the order of the register', async () => {
  show({ initial: { lead: { key: '1', name: '教育局' } } });
  const group = within(screen.getByRole('group', { name: '会签单位' }));
  for (const name of ['水利局', '教育局']) fireEvent.click(group.getByLabelText(name));
  await submit();
  expect(sent[0].signers).toEqual([
    { key: '1', name: '教育局' },
    { key: '2', name: '水利局' },
  ]);
  fireEvent.click(group.getByLabelText('教育局'));
  await submit();
  expect(sent[1].signers).toEqual([{ key: '2', name: '水利局' }]);
});

test('nothing can be typed, and people of one name are told apart', () => {
  show();
  expect(screen.queryAllByRole('textbox')).toEqual([]);
  const names = within(screen.getByLabelText('审核人')).getAllByRole('option');
  expect(names.map(({ textContent }) => textContent)).toEqual(['请选择', '王芳（wang1）', '王芳（wang2）']);
});

test('one that is required is missed by name', async () => {
  show();
  await submit();
  expect(sent).toEqual([]);
  expect(screen.getAllByText(/牵头单位/).length).toBeGreaterThan(1);
});

test('what is not in the register any more is shown as such, and taken back like any other', async () => {
  show({ initial: { lead: { key: '9', name: '旧局' } } });
  expect(screen.getByLabelText(/牵头单位/).selectedOptions[0].textContent).toBe('旧局（不在登记中）');
  fireEvent.change(screen.getByLabelText(/牵头单位/), { target: { value: '1' } });
  await submit();
  expect(sent[0].lead).toEqual({ key: '1', name: '教育局' });
});

test('what is only shown is told by name', () => {
  show({ readOnly: true, initial: { lead: { key: '1', name: '教育局' }, signers: [{ key: '2', name: '水利局' }] } });
  expect(screen.queryAllByRole('combobox')).toEqual([]);
  expect(document.getElementById('root_lead').textContent).toBe('教育局');
  expect(document.getElementById('root_signers').textContent).toBe('水利局');
});

test('a list of them is no table, and one may stand in a row of one', () => {
  expect(isTable(SCHEMA.properties.signers)).toBe(false);
  const rows = { type: 'array', items: { type: 'object', properties: { who: OFFICE, note: { type: 'string' } } } };
  expect(isTable(rows)).toBe(true);
  expect(uiFor({ type: 'object', properties: { rows } }).rows.items.who['ui:field']).toBe('named');
});
