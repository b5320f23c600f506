// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TaskForm } from '../../src/form/task_form.jsx';

const FORM = {
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['projectName', 'totalAmount', 'software', 'funds'],
    properties: {
      projectName: { title: '项目名称', type: 'string', maxLength: 50, 'x-clauses': 'SC-1-1 XX-9-9' },
      totalAmount: { title: '总投资', type: 'number', minimum: 0, 'x-format': 'money' },
      software: { title: '含软件开发', type: 'boolean' },
      opinion: { title: '初审意见', type: 'string' },
      funds: {
        title: '资金来源',
        type: 'array',
        items: {
          type: 'object',
          required: ['amount'],
          properties: {
            source: { title: '来源', type: 'string' },
            amount: { title: '金额', type: 'number', 'x-format': 'money' },
          },
        },
      },
    },
  },
  ui: { opinion: { 'ui:readonly': true } },
};
const GIVEN = {
  form: FORM,
  initial: { projectName: '智慧公园', funds: [] },
  clauses: { 'SC-1-1': { article: '第一条 第一款', paraphrase: '如实填写' } },
  readOnly: false,
  urls: { complete: '/tasks/1/complete', draft: '/tasks/1/draft' },
  session: { csrf: 'c', tokenUrl: '/session', signInUrl: '/sign-in' },
  zone: 'Asia/Shanghai',
};

let sent;
let answers;

beforeEach(() => {
  sent = [];
  answers = [];
  vi.stubGlobal('fetch', async (url, { body, headers }) => {
    sent.push({ url, ...JSON.parse(body), key: headers['Idempotency-Key'] });
    const { status, body: answer } = answers.shift();
    return new Response(JSON.stringify(answer), { status });
  });
  window.HTMLElement.prototype.scrollIntoView = () => {};
});
afterEach(cleanup);

const show = (more) => render(<TaskForm {...GIVEN} {...more} />);
const field = (name) => document.getElementById(`root_${name}`);
const type = (name, value) => fireEvent.change(field(name), { target: { value } });
const press = (words) => act(async () => fireEvent.click(screen.getByRole('button', { name: words })));
const summary = () => document.getElementById('error-summary');
const leaving = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

function fillIn() {
  type('totalAmount', '4,000,000.01');
  fireEvent.click(within(field('software')).getByLabelText('否'));
}

describe('submitting', () => {
  test('sends what is filled in: exact numbers, answers of no, tables left empty', async () => {
    answers.push({ status: 409, body: { code: 'TASK_CLOSED', detail: '此事项已经办结' } });
    show();
    fillIn();
    await press('提交');
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      url: '/tasks/1/complete',
      data: { projectName: '智慧公园', totalAmount: 4000000.01, software: false, funds: [] },
    });
    expect(sent[0].key).toMatch(/^[0-9a-f]{32}$/);
  });

  test('sends nothing while something is missing, and says what, each a link to its field', async () => {
    show();
    await press('提交');
    expect(sent).toEqual([]);
    expect(summary().textContent).toContain('请更正以下 2 处问题');
    expect(document.activeElement).toBe(summary());
    fireEvent.click(within(summary()).getByText('总投资：必填'));
    expect(document.activeElement).toBe(field('totalAmount'));
  });

  test('what is put right leaves the list at once, and the focus stays where it is', async () => {
    show();
    await press('提交');
    field('totalAmount').focus();
    type('totalAmount', '5');
    expect(summary().textContent).toContain('请更正以下 1 处问题');
    expect(document.activeElement).toBe(field('totalAmount'));
  });

  test('a second refusal takes the focus again', async () => {
    show();
    await press('提交');
    field('totalAmount').focus();
    await press('提交');
    expect(document.activeElement).toBe(summary());
  });

  test('what only the server finds stands in the list and at the field, and goes with the next attempt', async () => {
    answers.push({
      status: 422,
      body: { detail: '有 1 处', problems: [{ path: 'projectName', message: '“项目名称”已被占用' }] },
    });
    answers.push({ status: 409, body: { code: 'TASK_CLOSED', detail: '此事项已经办结' } });
    show();
    fillIn();
    await press('提交');
    expect(summary().textContent).toContain('“项目名称”已被占用');
    expect(document.getElementById('root_projectName__error').textContent).toContain('已被占用');
    expect(field('projectName').value).toBe('智慧公园');
    type('projectName', '智慧公园二期');
    await press('提交');
    expect(sent).toHaveLength(2);
    expect(summary()).toBeNull();
    expect(screen.getByRole('alert').textContent).toContain('此事项已经办结');
    expect(screen.getByRole('alert').textContent).toContain('TASK_CLOSED');
  });

  test('the same content is retried with the same key, other content with another', async () => {
    for (let n = 0; n < 3; n += 1) answers.push({ status: 503, body: {} });
    show();
    fillIn();
    await press('提交');
    await press('提交');
    type('totalAmount', '5');
    await press('提交');
    expect(sent[1].key).toBe(sent[0].key);
    expect(sent[2].key).not.toBe(sent[0].key);
  });

  test('whoever is signed out gets the way to sign in, and keeps what is filled in', async () => {
    answers.push({ status: 401, body: {} });
    vi.stubGlobal('fetch', async () => new Response('{}', { status: 401 }));
    show();
    fillIn();
    await press('提交');
    expect(screen.getByRole('link', { name: '重新登录' }).getAttribute('href')).toBe('/sign-in');
    expect(field('totalAmount').value).toBe('4,000,000.01');
  });
});

describe('a draft', () => {
  test('is kept with what is still missing, and says when in the district’s zone', async () => {
    answers.push({ status: 200, body: { savedAt: '2026-10-13T01:30:00+00:00' } });
    show();
    type('projectName', '写到一半');
    expect(leaving()).toBe(true);
    await press('暂存草稿');
    expect(sent).toEqual([{ url: '/tasks/1/draft', data: { projectName: '写到一半', funds: [] }, key: undefined }]);
    expect(screen.getByRole('status').textContent).toBe('草稿已于 09:30 保存，下次打开接着填。');
    expect(leaving()).toBe(false);
  });

  test('that was refused says why, and the browser still asks before the page is left', async () => {
    answers.push({
      status: 422,
      body: { detail: '', problems: [{ path: 'funds/0/amount', message: '“资金来源·第1行·金额”应填数字' }] },
    });
    show();
    type('projectName', '写到一半');
    await press('暂存草稿');
    expect(leaving()).toBe(true);
  });
});

test('nobody is asked before leaving a form that was not touched', () => {
  show();
  expect(leaving()).toBe(false);
});

test('a form that is gone asks nobody any more', () => {
  const { unmount } = show();
  type('projectName', '甲');
  unmount();
  expect(leaving()).toBe(false);
});

test('a preview is checked but sent nowhere', async () => {
  show({ preview: true });
  expect(screen.queryByRole('button', { name: '提交' })).toBeNull();
  type('projectName', '甲');
  expect(leaving()).toBe(false);
});

test('what cannot be filled in is text, without buttons', () => {
  show({ readOnly: true, initial: { projectName: '智慧公园', totalAmount: 4000000.01, software: false } });
  expect(document.querySelectorAll('input, button')).toHaveLength(0);
  expect(field('totalAmount').textContent).toBe('4,000,000.01 元');
  expect(field('software').textContent).toBe('否');
});

describe('around the fields', () => {
  test('a clause of the district’s own is marked with its article; others are not its own', () => {
    show();
    const [mark, ...others] = document.querySelectorAll('.clause-mark');
    expect(mark.textContent).toBe('第一条');
    expect(mark.title).toBe('第一条 第一款：如实填写（SC-1-1）');
    expect(others).toEqual([]);
  });

  test('what earlier steps did not say is not shown, what they said is', () => {
    show();
    expect(screen.queryByText('初审意见')).toBeNull();
    cleanup();
    show({ initial: { ...GIVEN.initial, opinion: '同意' } });
    expect(field('opinion').textContent).toBe('同意');
  });

  test('required fields say so', () => {
    show();
    expect(field('projectName').getAttribute('aria-required')).toBe('true');
  });
});

describe('a table', () => {
  const cell = (row, name) => field(`funds_${row}_${name}`);
  const total = () => document.querySelector('#root_funds tfoot')?.textContent;

  test('grows and shrinks, each row named, and adds its amounts up to the cent', async () => {
    show();
    await press('新增一行');
    expect(total(), 'one row has no sum').toBeUndefined();
    await press('新增一行');
    await press('新增一行');
    type('funds_0_amount', '0.1');
    type('funds_1_amount', '0.2');
    type('funds_2_amount', '1,234,567.80');
    expect(total()).toBe('合计1,234,568.10');
    await press('删除第 1 行');
    expect(cell(0, 'amount').value).toBe('0.2');
    expect(total()).toBe('合计1,234,568.00');
    expect(cell(2, 'amount')).toBeNull();
  });

  test('counts what is no number yet as nothing', async () => {
    show({ initial: { funds: [{ amount: 5 }, { amount: '四百万' }, {}] } });
    expect(total()).toBe('合计5.00');
  });

  test('names row and column of what is wrong', async () => {
    show({ initial: { ...GIVEN.initial, funds: [{ amount: 1 }, { source: '自筹' }] } });
    fillIn();
    await press('提交');
    expect(summary().textContent).toContain('资金来源 › 第2行 › 金额：必填');
    fireEvent.click(within(summary()).getByText(/第2行/));
    expect(document.activeElement).toBe(cell(1, 'amount'));
  });

  test('without rows says so, in words that fit', () => {
    show();
    expect(field('funds').textContent).toContain('还没有内容。');
    cleanup();
    show({ readOnly: true, initial: { funds: [] } });
    expect(field('funds').textContent).toContain('无');
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('a check that may be set aside', () => {
  const over = {
    path: 'totalAmount',
    title: '总投资',
    code: 'CHECK',
    message: '总投资超过估算',
    check: 'SC-9-1',
    confirm: true,
  };
  const late = { path: 'projectName', code: 'CHECK', message: '项目名称已被占用', check: '2', confirm: false };
  const refused = (...problems) => ({ status: 422, body: { detail: '有问题', problems } });
  const tick = () => screen.queryByRole('checkbox', { name: /情况属实/ });
  const reason = () => screen.queryByRole('textbox', { name: /理由/ });

  test('has a tick at its field, then a reason, and is sent again with it', async () => {
    answers.push(refused(over), refused({ ...over, code: 'CHECK_REASON', message: '请说明理由' }), refused(over));
    show();
    fillIn();
    await press('提交');
    expect(sent[0].confirmed).toBeUndefined();
    expect(summary().textContent).toContain('可在该项说明理由');
    const box = screen.getByRole('group', { name: '总投资超过估算' });
    expect(box.closest('.form-field').contains(field('totalAmount'))).toBe(true);
    expect(reason()).toBeNull();
    fireEvent.click(tick());
    await press('提交');
    expect(sent[1].confirmed).toEqual({ 'SC-9-1': '' });
    expect(tick().checked).toBe(true);
    fireEvent.change(reason(), { target: { value: '已报区政府' } });
    await press('提交');
    expect(sent[2].confirmed).toEqual({ 'SC-9-1': '已报区政府' });
    expect(sent[2].data).toEqual(sent[0].data);
  });

  test('stays confirmed while something else is put right, and one that must hold offers no tick', async () => {
    answers.push(refused(over, late), refused(late), refused());
    show();
    fillIn();
    await press('提交');
    expect(screen.getAllByRole('checkbox', { name: /情况属实/ })).toHaveLength(1);
    fireEvent.click(tick());
    fireEvent.change(reason(), { target: { value: '已报' } });
    await press('提交');
    expect(tick().checked).toBe(true);
    type('projectName', '河道巡检');
    await press('提交');
    expect(sent[2].confirmed).toEqual({ 'SC-9-1': '已报' });
  });

  test('of a form that keeps no draft leaves no button for one', async () => {
    answers.push(refused(over));
    show({ urls: { complete: '/projects/1/begin/change' } });
    expect(screen.queryByRole('button', { name: '暂存草稿' })).toBeNull();
    fillIn();
    await press('提交');
    expect(sent[0].url).toBe('/projects/1/begin/change');
    expect(tick()).not.toBeNull();
  });

  test('that is not ticked is not sent, and a draft never carries any', async () => {
    answers.push(refused(over), refused(over), { status: 200, body: { savedAt: '2026-03-10T01:00:00Z' } });
    show();
    fillIn();
    await press('提交');
    await press('提交');
    expect(sent[1].confirmed).toBeUndefined();
    fireEvent.click(tick());
    await press('暂存草稿');
    expect(sent[2]).toMatchObject({ url: '/tasks/1/draft' });
    expect(sent[2].confirmed).toBeUndefined();
  });

  test('of a row stands under its table, of the whole form above the buttons, each once', async () => {
    const row = { ...over, check: 'rows', path: 'funds/0/amount', message: '第一行过大' };
    answers.push(
      refused(row, { ...row, path: 'funds/1/amount', message: '第二行过大' }, { ...over, check: 'all', path: '' }),
    );
    show({ initial: { projectName: '智慧公园', funds: [{ amount: 1 }, { amount: 2 }] } });
    fillIn();
    await press('提交');
    const rows = screen.getByRole('group', { name: '第一行过大；第二行过大' });
    expect(rows.closest('.form-field').contains(field('funds'))).toBe(true);
    const whole = screen.getByRole('group', { name: '总投资超过估算' });
    expect(whole.textContent).toContain('总投资超过估算');
    expect(whole.closest('.form-field')).toBeNull();
  });
});
