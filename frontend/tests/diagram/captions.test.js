// @vitest-environment jsdom
import { describe as group, expect, test, vi } from 'vitest';
import { fitted, obstaclesOf, placed, showCaptions } from '../../src/diagram/captions.js';
import { nodesOf } from '../../src/diagram/places.js';
import { staged, viewer } from './drawn.js';

const TASK = { x: 200, y: 100, width: 100, height: 80 };
const measure = (text) => [...text].length * 10;
const LIMIT = '限 5 个工作日'; // 80 px
const BACK = '↩ 提交审核申报、出具联审意见'; // 150 px
const NOTHING = { boxes: [], lines: [] };
const upright = (x) => [
  { x, y: 180 },
  { x, y: 400 },
];

/** The caption's box. */
function boxOf(place) {
  return { ...place, left: place.anchor === 'end' ? place.x - place.width : place.x };
}

group('a caption', () => {
  test('begins below the left edge of its task', () => {
    expect(placed(TASK, [LIMIT, BACK], NOTHING, measure)).toMatchObject({
      x: 202,
      y: 183,
      anchor: 'start',
      lines: [LIMIT, BACK],
    });
  });

  test('needs no more than the forty pixels that diagrams leave for it', () => {
    expect(placed(TASK, [LIMIT, BACK], NOTHING, measure).height + 3).toBeLessThanOrEqual(40);
  });

  test('ends before a flow that comes from below', () => {
    const place = boxOf(placed(TASK, [LIMIT], { boxes: [], lines: [upright(250)] }, measure));
    expect(place.anchor).toBe('end');
    expect(place.left + place.width).toBeLessThan(250 - 5);
    expect(place.lines).toEqual([LIMIT]);
  });

  test('begins after a flow where there is more room', () => {
    const left = { x: 100, y: 170, width: 90, height: 80 };
    const place = boxOf(placed(TASK, [LIMIT], { boxes: [left], lines: [upright(220)] }, measure));
    expect(place.left).toBeGreaterThan(220 + 5);
    expect(place.lines).toEqual([LIMIT]);
  });

  test('is cut short, not laid over something', () => {
    const obstacles = { boxes: [{ x: 100, y: 170, width: 90, height: 80 }], lines: [upright(275)] };
    const place = boxOf(placed(TASK, [BACK], obstacles, measure));
    expect(place.left).toBeGreaterThan(190);
    expect(place.left + place.width).toBeLessThan(275);
    expect(place.lines[0]).toMatch(/^↩ .*…$/);
  });

  test('takes a line more before it is cut, three at most', () => {
    const obstacles = { boxes: [{ x: 100, y: 170, width: 90, height: 80 }], lines: [upright(305)] };
    const both = `${LIMIT} · 登记意见`;
    expect(placed(TASK, [both, '↩ 填报'], obstacles, measure).lines).toEqual([LIMIT, '登记意见', '↩ 填报']);
    const four = placed(TASK, [`${LIMIT} · 登记申报登记簿 · 一人一次`, BACK], obstacles, measure).lines;
    expect(four).toHaveLength(3);
    expect(placed(TASK, ['↩ 申请、审核、核定额度'], obstacles, measure).lines).toEqual([
      '↩ 申请、',
      '审核、核定额度',
    ]);
    expect(
      placed(
        TASK,
        [both],
        { ...obstacles, boxes: [...obstacles.boxes, { x: 0, y: 200, width: 900, height: 9 }] },
        measure,
      ).lines,
    ).toHaveLength(1);
  });

  test('is left out where there is no room at all', () => {
    expect(
      placed(TASK, [LIMIT], { boxes: [{ x: 0, y: 190, width: 900, height: 20 }], lines: [] }, measure),
    ).toBeUndefined();
  });

  test('keeps clear of a slanting flow and of one across', () => {
    const slanting = [
      { x: 180, y: 170 },
      { x: 260, y: 250 },
    ];
    expect(boxOf(placed(TASK, [LIMIT], { boxes: [], lines: [slanting] }, measure)).left).toBeGreaterThan(206);
    const across = [
      { x: 150, y: 190 },
      { x: 230, y: 190 },
    ];
    expect(boxOf(placed(TASK, [LIMIT], { boxes: [], lines: [across] }, measure)).left).toBeGreaterThan(230);
  });

  test('is not moved by what lies further down', () => {
    const below = { boxes: [{ x: 200, y: 240, width: 100, height: 80 }], lines: [] };
    expect(placed(TASK, [LIMIT, BACK], below, measure)).toMatchObject({ x: 202, anchor: 'start' });
  });
});

test('a text is cut where its room ends', () => {
  expect(fitted(LIMIT, 80, measure)).toBe(LIMIT);
  expect(fitted(LIMIT, 50, measure)).toBe('限 5 …');
  expect(fitted(LIMIT, 5, measure)).toBe('');
});

test('in the way are shapes, names and flows, and of lanes and open sub-processes the edges', () => {
  const at = { x: 10, y: 20, width: 100, height: 50 };
  const { boxes, lines } = obstaclesOf([
    { ...at, type: 'bpmn:UserTask' },
    { ...at, type: 'label', hidden: true, labelTarget: {} },
    { ...at, type: 'bpmn:UserTask', hidden: true },
    { ...at, type: 'bpmn:SubProcess', collapsed: true },
    { ...at, type: 'bpmn:SubProcess', collapsed: false },
    { ...at, type: 'bpmn:Lane' },
    {
      type: 'bpmn:SequenceFlow',
      waypoints: [
        { x: 0, y: 0 },
        { x: 5, y: 0 },
        { x: 5, y: 5 },
      ],
    },
  ]);
  expect(boxes).toHaveLength(3);
  expect(lines).toHaveLength(4 + 4 + 2);
});

test('captions are written into the drawing of their tasks, each plane by itself, one clear of the other', () => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({
    measureText: (text) => ({ width: measure(text) }),
  });
  const planes = staged();
  const [give, judge] = planes[1].shapes;
  Object.assign(judge, { x: 90, y: 0 }); // their captions would meet
  Object.assign(planes[1].shapes[2], { x: 600 });
  const made = viewer(planes);
  const captions = [BACK];
  showCaptions(
    made,
    { elements: { give: { captions }, judge: { captions }, fill_in: { captions: [] } } },
    nodesOf(made),
  );
  const written = made.container.querySelectorAll('.diagram-caption');
  expect([...written].map((one) => one.parentNode.dataset.elementId)).toEqual(['give', 'judge']);
  expect(written[0].querySelector('title').textContent).toBe(BACK);
  const [first, second] = [...written].map((one, i) => {
    const text = one.querySelector('text');
    const x = Number(text.getAttribute('x')) + [give, judge][i].x;
    const width = measure(text.textContent);
    const from = text.getAttribute('text-anchor') === 'end' ? x - width : x;
    return [from, from + width];
  });
  expect(second[0]).toBeGreaterThanOrEqual(first[1]);
});
