// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { boxFor, CLOSE, goTo, SMALLEST, targetOn } from '../../src/diagram/view.js';
import { nodesOf } from '../../src/diagram/places.js';
import { staged, viewer } from './drawn.js';

const SIZE = { width: 1100, height: 550 };
const FAR = { x: 3000, y: 400, width: 100, height: 80 };
const contains = (box, part) =>
  box.x <= part.x &&
  box.y <= part.y &&
  box.x + box.width >= part.x + part.width &&
  box.y + box.height >= part.y + part.height;

test('all is shown where all can be read, in the middle, with room for the way back and the maker’s mark', () => {
  const inner = { x: 80, y: 80, width: 1600, height: 500 };
  const box = boxFor(SIZE, inner, FAR, { top: 44 });
  const scale = SIZE.width / box.width;
  expect(contains(box, inner)).toBe(true);
  expect(scale).toBeGreaterThan(SMALLEST);
  expect((inner.y - box.y) * scale).toBeGreaterThanOrEqual(44);
  expect((box.y + box.height - inner.y - inner.height) * scale).toBeGreaterThanOrEqual(40);
});

test('a small plane is not blown up', () => {
  const box = boxFor(SIZE, { x: 0, y: 0, width: 300, height: 200 });
  expect(SIZE.width / box.width).toBe(1);
  expect(box.x + box.width / 2).toBeCloseTo(150);
});

test('where all would be too small, one part is looked at closely', () => {
  const box = boxFor(SIZE, { x: 80, y: 80, width: 6000, height: 800 }, FAR);
  expect(SIZE.width / box.width).toBeCloseTo(CLOSE);
  expect(box.x + box.width / 2).toBeCloseTo(3050);
  expect(contains(box, FAR)).toBe(true);
});

test('what lies outside the plane is not shown in place of what lies on it', () => {
  const inner = { x: 80, y: 80, width: 6000, height: 800 };
  expect(boxFor(SIZE, inner, { x: 90, y: 90, width: 36, height: 36 })).toMatchObject({
    x: 80 - 12 / CLOSE,
    y: 80 - 12 / CLOSE,
  });
  const last = boxFor(SIZE, inner, { x: 6000, y: 800, width: 80, height: 80 });
  expect(last.x + last.width).toBeCloseTo(6080 + 12 / CLOSE);
});

test('whoever asks for all sees all, however small', () => {
  const inner = { x: 80, y: 80, width: 6000, height: 800 };
  expect(contains(boxFor(SIZE, inner), inner)).toBe(true);
});

test('a plane is looked at where the instance stands on it, else at its start', () => {
  const planes = staged();
  const made = viewer(planes);
  const nodes = nodesOf(made);
  const revise = nodes.find(({ id }) => id === 'revise');
  expect(targetOn(made, planes[2].root, [revise], nodes)).toBe(revise);
  expect(targetOn(made, planes[0].root, [revise], nodes).id).toBe('start');
  expect(targetOn(made, planes[1].root, [revise], nodes).id).toBe('give');
});

test('going to an element shows its plane and the element', () => {
  const planes = staged();
  const made = viewer(planes);
  const revise = Object.assign(planes[2].shapes[0], FAR);
  goTo(made, revise);
  expect(made.get('canvas').getRootElement()).toBe(planes[2].root);
  expect(contains(made.get('canvas').viewbox(), FAR)).toBe(true);
});
