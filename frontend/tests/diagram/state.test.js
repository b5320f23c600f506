// @vitest-environment jsdom
import { describe as group, expect, test } from 'vitest';
import { describe, planeBehind, showState } from '../../src/diagram/state.js';
import { staged, viewer } from './drawn.js';

function shown(elements) {
  const made = viewer(staged());
  showState(made, { elements });
  return made;
}

group('the state of each element', () => {
  test('where it stands, with how many', () => {
    const { marks, badges } = shown({ fill_in: { current: 3 } });
    expect(marks).toEqual({ fill_in: ['is-current'] });
    expect(badges).toEqual({ fill_in: [['diagram-badge token', '● 3', '停在这里：3']] });
  });

  test('what is done, with how often if it was more than once', () => {
    const { marks, badges } = shown({ start: { done: 1 }, fill_in: { done: 2 } });
    expect(marks).toEqual({ start: ['is-done'], fill_in: ['is-done'] });
    expect(badges).toEqual({ fill_in: [['diagram-badge done', '✓ 2', '已完成 2 次']] });
  });

  test('what is late, in the server’s words', () => {
    const { marks, badges } = shown({ fill_in: { current: 1, overdue: '逾期 3 天' } });
    expect(marks.fill_in).toEqual(['is-current', 'is-overdue']);
    expect(badges.fill_in[1]).toEqual(['diagram-badge overdue', '逾期', '逾期 3 天']);
  });

  test('what is stuck, before everything else', () => {
    const { marks, badges } = shown({ fill_in: { current: 1, done: 4, incident: '条件的结果不是 true 或 false' } });
    expect(marks.fill_in).toEqual(['is-stuck']);
    expect(badges.fill_in.map(([, text]) => text)).toEqual(['● 1', '✓ 4', '! 故障']);
  });

  test('what is not on this diagram is passed over', () => {
    expect(shown({ elsewhere: { current: 1 } }).marks).toEqual({});
  });
});

group('a collapsed stage', () => {
  test('shows where the instance is within, how much is done, late and stuck', () => {
    const { marks, badges } = shown({
      stage: { current: 1 },
      give: { done: 2 },
      judge: { current: 1, incident: '没有结果' },
      inner: { current: 1 },
      revise: { current: 1, overdue: '逾期 2 天' },
    });
    expect(marks.stage).toEqual(['is-stuck', 'is-overdue']);
    expect(badges.stage).toEqual([
      ['diagram-badge token', '● 2', '里面停在 2 处'],
      ['diagram-badge done', '✓ 1', '里面已完成 1 个环节'],
      ['diagram-badge overdue', '逾期 1', '里面有 1 个环节逾期'],
      ['diagram-badge incident', '! 故障 1', '里面有 1 处故障'],
    ]);
    expect(badges.inner.map(([, text]) => text)).toEqual(['● 1', '逾期 1']);
  });

  test('that is done is marked as done', () => {
    const { marks, badges } = shown({ stage: { done: 1 }, give: { done: 2 }, judge: { done: 1 } });
    expect(marks.stage).toEqual(['is-done']);
    expect(badges.stage).toEqual([['diagram-badge done', '✓ 2', '里面已完成 2 个环节']]);
  });

  test('has a plane behind it, a task has none', () => {
    const planes = staged();
    const made = viewer(planes);
    expect(planeBehind(made, planes[0].shapes[2])).toBe(planes[1].root);
    expect(planeBehind(made, planes[0].shapes[1])).toBeUndefined();
  });
});

test('a state in words tells all that is known', () => {
  expect(describe({ current: 2, done: 1, overdue: '逾期 3 天', incident: '表达式有误' })).toBe(
    '停在这里 2 处 · 已完成 1 次 · 逾期 3 天 · 故障：表达式有误',
  );
  expect(describe()).toBe('');
});
