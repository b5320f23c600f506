// @vitest-environment jsdom
import { beforeEach, describe as group, expect, test } from 'vitest';
import { describe, fit, showState } from '../../src/diagram/state.js';

const SHAPES = [
  { id: 'start', type: 'bpmn:StartEvent', x: 100, y: 100, width: 36, height: 36 },
  { id: 'fill_in', type: 'bpmn:UserTask', x: 3000, y: 400, width: 100, height: 80 },
  { id: 'gate', type: 'bpmn:ExclusiveGateway', x: 5900, y: 400, width: 50, height: 50 },
  { id: 'limit', type: 'bpmn:BoundaryEvent', x: 3080, y: 460, width: 36, height: 36 },
];

let marks;
let badges;
let zoom;
let box;

/** As much of a viewer as the state needs: `whole` is the zoom at which all of the diagram fits. */
function viewer(whole = 1, shapes = SHAPES) {
  const registry = {
    get: (id) => shapes.find((shape) => shape.id === id),
    find: (wanted) => shapes.find(wanted),
    filter: (wanted) => shapes.filter(wanted),
  };
  const canvas = {
    addMarker: (id, mark) => (marks[id] ??= []).push(mark),
    zoom: (wanted) => (zoom = wanted === 'fit-viewport' ? whole : (wanted ?? zoom)),
    getSize: () => ({ width: 1100, height: 550 }),
    viewbox: (wanted) => (wanted ? (box = wanted) : { inner: { x: 80, y: 80, width: 6000, height: 800 } }),
  };
  const overlays = {
    add: (id, type, { html }) => (badges[id] ??= []).push([html.className, html.textContent, html.title]),
  };
  return { get: (name) => ({ canvas, overlays, elementRegistry: registry })[name] };
}

beforeEach(() => {
  marks = {};
  badges = {};
  zoom = box = undefined;
});

const show = (elements, flows) => showState(viewer(), { elements, flows });

group('the state of each element', () => {
  test('where it stands, with how many', () => {
    show({ fill_in: { current: 3, done: 0 } });
    expect(marks).toEqual({ fill_in: ['is-current'] });
    expect(badges).toEqual({ fill_in: [['diagram-badge token', '● 3', '停在这里：3']] });
  });

  test('what is done, with how often if it was more than once', () => {
    show({ start: { current: 0, done: 1 }, fill_in: { current: 0, done: 2 } });
    expect(marks).toEqual({ start: ['is-done'], fill_in: ['is-done'] });
    expect(badges).toEqual({ fill_in: [['diagram-badge done', '✓ 2', '已完成 2 次']] });
  });

  test('what is late, in the server’s words', () => {
    show({ fill_in: { current: 1, done: 0, overdue: '逾期 3 天' } });
    expect(marks.fill_in).toEqual(['is-current', 'is-overdue']);
    expect(badges.fill_in[1]).toEqual(['diagram-badge overdue', '逾期', '逾期 3 天']);
  });

  test('what is stuck, before everything else', () => {
    show({ gate: { current: 1, done: 4, incident: '条件的结果不是 true 或 false' } });
    expect(marks.gate).toEqual(['is-stuck']);
    expect(badges.gate.map(([, text]) => text)).toEqual(['● 1', '✓ 4', '! 故障']);
  });

  test('what the server did not call late is not late, whatever the diagram looks like', () => {
    const mark = {
      $type: 'bpmn:ServiceTask',
      extensionElements: { values: [{ $type: 'zeebe:TaskDefinition', type: 'mark_overdue' }] },
    };
    const limit = {
      id: 'limit',
      cancelActivity: false,
      attachedToRef: { id: 'fill_in' },
      outgoing: [{ targetRef: mark }],
    };
    const shapes = SHAPES.map((shape) => (shape.id === 'limit' ? { ...shape, businessObject: limit } : shape));
    showState(viewer(1, shapes), { elements: { fill_in: { current: 1, done: 0 }, limit: { current: 0, done: 1 } } });
    expect(marks.fill_in).toEqual(['is-current']);
  });

  test('what is not on this diagram is passed over', () => {
    show({ elsewhere: { current: 1 } }, ['no_flow']);
    expect(marks).toEqual({});
  });

  test('the ways that were taken', () => {
    showState(viewer(1, [...SHAPES, { id: 'flow_1' }]), { flows: ['flow_1'] });
    expect(marks).toEqual({ flow_1: ['is-taken'] });
  });
});

group('the view', () => {
  test('shows all where all is readable', () => {
    fit(viewer(0.9), { elements: { fill_in: { current: 1 } } });
    expect(zoom).toBeCloseTo(0.864);
    expect(box).toBeUndefined();
  });

  test('comes close to where the work is where all would be too small', () => {
    fit(viewer(0.2), { elements: { start: { done: 1 }, fill_in: { current: 1 } } });
    expect(box.width).toBeCloseTo(2000);
    expect(box.height).toBeCloseTo(1000);
    expect(box.x + box.width / 2).toBeCloseTo(3050);
  });

  test('comes close to what is stuck', () => {
    fit(viewer(0.2), { elements: { gate: { current: 0, incident: '坏了' } } });
    expect(box.x + box.width).toBeCloseTo(80 + 6000 + 10); // the diagram's right edge, not beyond
  });

  test('begins at the start where nothing is under way, and never shows what lies outside', () => {
    fit(viewer(0.2), { elements: { elsewhere: { current: 1 } } });
    expect(box).toMatchObject({ x: 70, y: 70 });
    fit(viewer(0.2), {});
    expect(box).toMatchObject({ x: 70, y: 70 });
  });
});

test('a click tells all that is known, by name if there is one', () => {
  const shape = { id: 'fill_in', businessObject: { name: '填写申报表' } };
  expect(describe(shape, { current: 2, done: 1, overdue: '逾期 3 天', incident: '表达式有误' }, ['第十条'])).toBe(
    '填写申报表 · 停在这里 2 处 · 已完成 1 次 · 逾期 3 天 · 故障：表达式有误 · 第十条',
  );
  expect(describe({ id: 'gate', businessObject: {} })).toBe('gate');
});
