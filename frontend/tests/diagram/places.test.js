// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { heldBy, nodesOf, pathOf, placesOf } from '../../src/diagram/places.js';
import { shape, staged, thing, viewer } from './drawn.js';

const HERE = {
  stage: { current: 1 },
  inner: { current: 1 },
  revise: { current: 2, overdue: '逾期 1 天' },
  judge: { done: 3 },
};
const nodes = nodesOf(viewer(staged()));
const node = (id) => nodes.find((one) => one.id === id);

test('nodes are what tokens come to, each once, without planes, labels, flows and lanes', () => {
  const planes = staged();
  const labelled = planes[0].shapes[0];
  planes[0].shapes.push(
    { ...labelled, id: 'start_label', labelTarget: labelled },
    shape(thing('flow', 'bpmn:SequenceFlow')),
    shape(thing('lane', 'bpmn:Lane')),
  );
  expect(nodesOf(viewer(planes)).map(({ id }) => id)).toEqual([
    'start',
    'fill_in',
    'stage',
    'give',
    'judge',
    'inner',
    'revise',
  ]);
});

test('an instance stands at the innermost places, not at the stages around them', () => {
  expect(placesOf(nodes, HERE).map(({ id }) => id)).toEqual(['revise']);
  expect(placesOf(nodes, { ...HERE, fill_in: { incident: '坏了' } }).map(({ id }) => id)).toEqual([
    'fill_in',
    'revise',
  ]);
  expect(placesOf(nodes, { judge: { done: 1 } })).toEqual([]);
});

test('a place is named with the stages that lead to it', () => {
  expect(pathOf(node('revise'))).toBe('四方联审 › 终稿 › 修订');
  expect(pathOf(node('start'))).toBe('（未命名）');
});

test('a stage holds what all stages within it hold', () => {
  expect(heldBy(node('stage'), nodes, HERE)).toEqual({ current: 2, done: 1, overdue: 1, incident: 0 });
  expect(heldBy(node('inner'), nodes, HERE)).toEqual({ current: 2, done: 0, overdue: 1, incident: 0 });
});

test('of what is done only activities are counted, each once, and none that goes on', () => {
  const done = { give: { done: 4 }, judge: { done: 1, current: 1 }, inner: { done: 1 }, start: { done: 1 } };
  expect(heldBy(node('stage'), nodes, done).done).toBe(2);
});
