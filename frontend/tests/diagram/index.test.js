// @vitest-environment jsdom
import { beforeEach, describe as group, expect, test, vi } from 'vitest';
import { staged, viewer } from './drawn.js';

const drawn = { planes: undefined, viewer: undefined };

vi.mock('bpmn-js/lib/NavigatedViewer', () => ({
  default: class {
    constructor({ container }) {
      drawn.viewer = this;
      this.made = viewer(drawn.planes);
      container.append(this.made.container);
    }
    async importXML(xml) {
      if (!xml.includes('definitions')) throw new Error('不是流程图');
    }
    get(name) {
      return this.made.get(name);
    }
    async saveSVG() {
      return { svg: '<svg xmlns="http://www.w3.org/2000/svg"/>' };
    }
  },
}));

const TWO_PLACES = {
  fill_in: { kind: '办理事项', current: 1, overdue: '逾期 3 天' },
  stage: { kind: '子流程', current: 1 },
  give: { kind: '办理事项', current: 2 },
};

/** The page's diagram, once it is settled. */
async function page(elements = {}, answer = () => new Response('<definitions/>'), at = undefined) {
  const given = JSON.stringify({ source: '/models/diagrams/900', elements, at });
  const acts = ['up', 'here', 'out', 'in', 'all', 'full', 'print']
    .map((act) => `<button data-act="${act}"></button>`)
    .join('');
  document.body.innerHTML = `<h1>审核 <span>进行中</span></h1><div data-diagram><script type="application/json">${given}</script>
    <div data-places hidden></div><div data-crumbs hidden></div><div class="diagram-canvas"></div><section data-panel hidden></section>${acts}<p data-said></p></div>`;
  vi.stubGlobal('fetch', async () => answer());
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({ measureText: () => ({ width: 10 }) });
  Element.prototype.scrollIntoView = () => {};
  vi.resetModules();
  await import('../../src/diagram/index.js');
  const box = document.querySelector('[data-diagram]');
  await vi.waitFor(() => expect(box.dataset.state).toBeDefined());
  const canvas = drawn.viewer.get('canvas');
  return {
    box,
    canvas,
    panel: box.querySelector('[data-panel]'),
    act: (name) => box.querySelector(`[data-act=${name}]`),
    of: (id) => canvas.getGraphics(drawn.viewer.get('elementRegistry').get(id)),
    click: (element) => drawn.viewer.made.fire('element.click', { element }),
  };
}

const press = (target, key) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const element = (id) => drawn.planes.flatMap(({ shapes }) => shapes).find((one) => one.id === id);

beforeEach(() => (drawn.planes = staged()));

group('where it opens', () => {
  test('on the plane with the place, which is marked', async () => {
    const { canvas, act } = await page({ stage: { current: 1 }, inner: { current: 1 }, revise: { current: 1 } });
    expect(canvas.getRootElement().id).toBe('inner_plane');
    expect(drawn.viewer.made.marks.revise).toEqual(['is-current']);
    expect(act('up').hidden).toBe(false);
  });

  test('on a task’s page at the task, though others are at work before it in the diagram', async () => {
    const { canvas, act, box } = await page(TWO_PLACES, undefined, 'give');
    expect(canvas.getRootElement().id).toBe('stage_plane');
    expect(box.querySelector('[data-places]').hidden).toBe(true);
    act('up').click();
    expect(canvas.getRootElement().id).toBe('p');
    act('here').click();
    expect(canvas.getRootElement().id).toBe('stage_plane');
    expect(document.activeElement.dataset.elementId).toBe('give');
  });

  test('the way back stands beside the drawing, on inner planes alone', async () => {
    const { act, box } = await page(TWO_PLACES, undefined, 'give');
    const crumbs = box.querySelector('[data-crumbs]');
    expect(crumbs.hidden).toBe(false);
    expect(crumbs.querySelector('.bjs-breadcrumbs')).not.toBeNull();
    expect(box.querySelector('.diagram-canvas .bjs-breadcrumbs')).toBeNull();
    act('up').click();
    expect(crumbs.hidden).toBe(true);
  });

  test('on the top plane where nothing is under way', async () => {
    const { canvas, act, box } = await page();
    expect(canvas.getRootElement().id).toBe('p');
    expect(act('up').hidden).toBe(true);
    expect(act('here').hidden).toBe(true);
    expect(box.querySelector('[data-places]').hidden).toBe(true);
  });

  test('with a list of the places where there are several; each leads to its plane', async () => {
    const { canvas, box, of } = await page(TWO_PLACES);
    const list = box.querySelector('[data-places]');
    expect(list.hidden).toBe(false);
    expect([...list.children].map(({ textContent }) => textContent)).toEqual(['填报', '四方联审 › 出具意见']);
    expect(canvas.getRootElement().id).toBe('p');
    list.children[1].click();
    expect(canvas.getRootElement().id).toBe('stage_plane');
    expect(document.activeElement).toBe(of('give'));
    list.children[0].click();
    expect(canvas.getRootElement().id).toBe('p');
  });
});

group('the panel', () => {
  test('a click on an element, on its name or on a flow from it opens it', async () => {
    const { panel, click } = await page(TWO_PLACES);
    const flow = { id: 'flow', waypoints: [], source: element('fill_in') };
    for (const clicked of [element('fill_in'), { id: 'fill_in_label', labelTarget: element('fill_in') }, flow]) {
      click(element('start'));
      click(clicked);
      expect(panel.querySelector('h3').textContent).toBe('填报');
      expect(panel.textContent).toContain('逾期 3 天');
      expect(drawn.viewer.made.marks.fill_in.at(-1)).toBe('is-chosen');
    }
    click(drawn.planes[0].root);
    expect(panel.hidden).toBe(true);
    expect(drawn.viewer.made.marks.fill_in).not.toContain('is-chosen');
  });

  test('so do Enter and the space bar; Escape leads back', async () => {
    const { panel, of } = await page(TWO_PLACES);
    expect(of('fill_in').getAttribute('tabindex')).toBe('0');
    expect(of('fill_in').getAttribute('aria-label')).toBe('办理事项 填报，停在这里 1 处 · 逾期 3 天');
    for (const key of ['Enter', ' ']) {
      press(of('fill_in'), key);
      expect(document.activeElement).toBe(panel.querySelector('h3'));
      press(document.activeElement, 'Escape');
      expect(panel.hidden).toBe(true);
      expect(document.activeElement).toBe(of('fill_in'));
    }
  });

  test('opens a stage; the way up leads back to it', async () => {
    const { panel, canvas, click, act, of } = await page(TWO_PLACES);
    click(element('stage'));
    [...panel.querySelectorAll('button')].at(-1).click();
    expect(canvas.getRootElement().id).toBe('stage_plane');
    expect(panel.hidden).toBe(true);
    act('up').click();
    expect(canvas.getRootElement().id).toBe('p');
    expect(document.activeElement).toBe(of('stage'));
  });
});

group('the view', () => {
  test('comes closer and shows all again, by buttons and by keys', async () => {
    const { canvas, act, of } = await page();
    act('all').click();
    const whole = canvas.zoom();
    act('in').click();
    expect(canvas.zoom()).toBeCloseTo(whole * 1.25);
    press(of('fill_in'), '-');
    expect(canvas.zoom()).toBeCloseTo(whole);
    press(of('fill_in'), '+');
    press(of('fill_in'), '0');
    expect(canvas.zoom()).toBeCloseTo(whole);
  });

  test('fills the screen and comes back', async () => {
    Object.defineProperty(document, 'fullscreenEnabled', { value: true, configurable: true });
    const { box, act } = await page();
    let full = null;
    Object.defineProperty(document, 'fullscreenElement', { get: () => full, configurable: true });
    const change = (shown) => {
      full = shown;
      box.dispatchEvent(new Event('fullscreenchange'));
    };
    box.requestFullscreen = () => change(box);
    document.exitFullscreen = () => change(null);
    act('full').click();
    expect(act('full').textContent).toBe('退出全屏');
    act('full').click();
    expect(act('full').textContent).toBe('全屏');
  });

  test('has no button for the full screen where the browser has none', async () => {
    Object.defineProperty(document, 'fullscreenEnabled', { value: false, configurable: true });
    const { act } = await page();
    expect(act('full').hidden).toBe(true);
  });

  test('is printed with its title, and where the instance stands', async () => {
    const sheet = {};
    vi.stubGlobal('print', () => (sheet.text = document.querySelector('.diagram-sheet').textContent));
    const { act } = await page(TWO_PLACES);
    act('print').click();
    await vi.waitFor(() => expect(sheet.text).toBe('审核当前位置：填报；四方联审 › 出具意见逾期：填报'));
  });
});

test.each([
  ['the server refuses', () => new Response('', { status: 403 }), '服务器回答 403'],
  ['it is no diagram', () => new Response('<html/>'), '不是流程图'],
  [
    'the connection is lost',
    () => {
      throw new Error('连接中断');
    },
    '连接中断',
  ],
])('where %s, the page says so', async (_, answer, cause) => {
  const { box } = await page({}, answer);
  expect(box.dataset.state).toBe('failed');
  expect(box.querySelector('[data-said]').textContent).toBe(`流程图没有显示出来：${cause}`);
});
