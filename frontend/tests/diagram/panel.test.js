// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';
import { fill, nameOf } from '../../src/diagram/panel.js';

const NODE = { id: 'check', businessObject: { id: 'check', name: '复核终稿' } };
const TOLD = {
  kind: '用户任务',
  current: 1,
  facts: [
    { title: '表单', lines: [{ text: '复核表（第 2 版）', href: '/models/form/brook/check?version=2' }] },
    {
      title: '去向',
      lines: [{ text: '同意 → 签章：复核意见是“同意”', formula: 'opinion = "同意"' }, { text: '→ 修订' }],
    },
  ],
  visits: [
    {
      when: '2026-03-10 09:00',
      what: '办结',
      who: '溪谷区数据局 杜数（经办）',
      result: '同意',
      table: { text: '汇总（第 1 版）', href: '/models/decision/brook/judge?version=1' },
      rows: ['第 2 行：都同意的，通过'],
    },
  ],
  more: 3,
};

let panel;
beforeEach(() => {
  panel = document.createElement('section');
  panel.hidden = true;
});

test('tells name, kind, state, what is declared with its links, and what came of it', () => {
  const heading = fill(panel, NODE, TOLD, { close() {} });
  expect(panel.hidden).toBe(false);
  expect(heading.textContent).toBe('复核终稿');
  expect(heading.tabIndex).toBe(-1);
  const text = panel.textContent;
  for (const said of [
    '用户任务',
    '停在这里 1 处',
    '去向',
    '办理情况',
    '2026-03-10 09:00 办结',
    '结果：同意',
    '第 2 行：都同意的，通过',
    '此前还有 3 次',
  ])
    expect(text).toContain(said);
  expect([...panel.querySelectorAll('a')].map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
    ['复核表（第 2 版）', '/models/form/brook/check?version=2'],
    ['汇总（第 1 版）', '/models/decision/brook/judge?version=1'],
  ]);
  expect(panel.querySelector('code').textContent).toBe('opinion = "同意"');
});

test('what is not known is not mentioned', () => {
  fill(panel, NODE, undefined, { close() {} });
  expect(panel.textContent).toBe('复核终稿关闭');
});

test('texts are texts, whatever they look like', () => {
  fill(panel, NODE, { kind: '<img src=x onerror=alert(1)>' }, { close() {} });
  expect(panel.querySelector('img')).toBeNull();
});

test('an element without a name is called by its kind, never by its id', () => {
  const nameless = { id: 'Gateway_0x1', businessObject: { id: 'Gateway_0x1' } };
  expect(nameOf(nameless, { kind: '并行网关' })).toBe('并行网关');
  expect(nameOf(nameless)).toBe('（未命名）');
});

test('it is closed, and a stage opened, by its buttons', () => {
  const acts = { close: vi.fn(), open: vi.fn() };
  fill(panel, NODE, TOLD, acts);
  const [close, open] = panel.querySelectorAll('button');
  close.click();
  open.click();
  expect(open.textContent).toBe('展开子流程');
  expect(acts.close).toHaveBeenCalledOnce();
  expect(acts.open).toHaveBeenCalledOnce();
});
