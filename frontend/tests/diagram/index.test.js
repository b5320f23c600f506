// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';

const drawn = { viewer: undefined };

vi.mock('bpmn-js/lib/NavigatedViewer', () => ({
  default: class {
    constructor() {
      drawn.viewer = this;
      this.listeners = {};
      this.at = 1;
    }
    async importXML(xml) {
      if (!xml.includes('definitions')) throw new Error('不是流程图');
    }
    get(name) {
      const shape = { id: 'fill_in', type: 'bpmn:UserTask', businessObject: { name: '填写申报表' } };
      const canvas = { addMarker() {}, zoom: (to) => (this.at = to === 'fit-viewport' ? 1 : (to ?? this.at)) };
      const elementRegistry = { get: (id) => (id === 'fill_in' ? shape : undefined), find: () => shape };
      const eventBus = { on: (event, heard) => (this.listeners[event] = heard) };
      return { canvas, elementRegistry, eventBus, overlays: { add() {} } }[name];
    }
  },
}));

const BOX = `<div data-diagram><script type="application/json">
  {"source": "/models/900.bpmn", "elements": {"fill_in": {"current": 1, "done": 0, "overdue": "逾期 3 天", "incident": ""}}}
  </script><div class="diagram-canvas"></div><button data-zoom="in"></button><button data-zoom="all"></button><p data-said></p></div>`;

/** The page's diagram, once it is settled. */
async function page(answer) {
  document.body.innerHTML = BOX;
  vi.stubGlobal('fetch', async () => answer());
  vi.resetModules();
  await import('../../src/diagram/index.js');
  const box = document.querySelector('[data-diagram]');
  await vi.waitFor(() => expect(box.dataset.state).toBeDefined());
  return { state: box.dataset.state, said: () => box.querySelector('[data-said]').textContent, box };
}

beforeEach(() => (drawn.viewer = undefined));

test('a click on an element, or on its name, tells what is known of it', async () => {
  const { state, said } = await page(() => new Response('<definitions/>'));
  expect(state).toBe('drawn');
  const element = drawn.viewer.get('elementRegistry').get('fill_in');
  for (const clicked of [element, { id: 'fill_in_label', labelTarget: element }]) {
    drawn.viewer.listeners['element.click']({ element: clicked });
    expect(said()).toBe('填写申报表 · 停在这里 1 处 · 逾期 3 天');
  }
});

test('the buttons come closer and show all again', async () => {
  const { box } = await page(() => new Response('<definitions/>'));
  const before = drawn.viewer.at;
  box.querySelector('[data-zoom=in]').click();
  expect(drawn.viewer.at).toBeCloseTo(before * 1.25);
  box.querySelector('[data-zoom=all]').click();
  expect(drawn.viewer.at).toBe(1);
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
  const { state, said } = await page(answer);
  expect(state).toBe('failed');
  expect(said()).toBe(`流程图没有显示出来：${cause}`);
});
