// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { boxFor, goTo, READABLE, targetOn } from '../../src/diagram/view.js';
import { nodesOf } from '../../src/diagram/places.js';
import { staged, viewer } from './drawn.js';

const SIZE = { width: 1100, height: 550 };
const FAR = { x: 3000, y: 400, width: 100, height: 80 };
const contains = (box, part) =>
  box.x <= part.x &&
  box.y <= part.y &&
  box.x + box.width >= part.x + part.width &&
  box.y + box.height >= part.y + part.height;

test('all is shown where all can be read, in the middle, with room for the maker’s mark', () => {
  const inner = { x: 80, y: 80, width: 1000, height: 480 };
  const box = boxFor(SIZE, inner, { x: 90, y: 90, width: 36, height: 36 });
  const scale = SIZE.width / box.width;
  expect(contains(box, inner)).toBe(true);
  expect(scale).toBe(READABLE);
  expect((box.y + box.height - inner.y - inner.height) * scale).toBeGreaterThanOrEqual(40);
});

test('a small plane is not blown up', () => {
  const box = boxFor(SIZE, { x: 0, y: 0, width: 300, height: 200 });
  expect(SIZE.width / box.width).toBe(1);
  expect(box.x + box.width / 2).toBeCloseTo(150);
});

test.each([1200, 2400, 6000])(
  'where all would be too small to read, of %d px, one part is looked at closely',
  (width) => {
    const box = boxFor(SIZE, { x: 80, y: 80, width: 4000 + width, height: 800 }, FAR);
    const caption = 11 * (SIZE.width / box.width);
    expect(caption).toBeGreaterThanOrEqual(11);
    expect(box.x + box.width / 2).toBeCloseTo(3050);
    expect(contains(box, FAR)).toBe(true);
  },
);

test('what lies outside the plane is not shown in place of what lies on it', () => {
  const inner = { x: 80, y: 80, width: 6000, height: 800 };
  expect(boxFor(SIZE, inner, { x: 90, y: 90, width: 36, height: 36 })).toMatchObject({
    x: 80 - 12 / READABLE,
    y: 80 - 12 / READABLE,
  });
  const last = boxFor(SIZE, inner, { x: 6000, y: 800, width: 80, height: 80 });
  expect(last.x + last.width).toBeCloseTo(6080 + 12 / READABLE);
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
