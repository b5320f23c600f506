// A process diagram with the state of an instance on it: opens where the instance stands; a click on an element, or Enter, tells what is known of it.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './diagram.css';
import { showCaptions } from './captions.js';
import { fill, nameOf } from './panel.js';
import { nodesOf, pathOf, placesOf } from './places.js';
import { print } from './printing.js';
import { describe, planeBehind, showState } from './state.js';
import { goTo, look, targetOn } from './view.js';
import words from './words.js';

const ZOOM_STEP = 1.25;
const AFTER_ALL = 100; // of listeners: bpmn-js moves the view by itself when another plane is shown
const KEYS = { '+': 'in', '=': 'in', '-': 'out', _: 'out', 0: 'all' };

/** Which element a click on a drawn thing is about: of a name what it names, of a flow where it comes from. */
function meant(element, nodes) {
  const target = element.labelTarget ?? element;
  return nodes.find(({ id }) => id === (target.waypoints ? target.source?.id : target.id));
}

class Diagram {
  constructor(box, viewer, given) {
    this.box = box;
    this.viewer = viewer;
    this.elements = given.elements ?? {};
    this.canvas = viewer.get('canvas');
    this.nodes = nodesOf(viewer);
    this.places = placesOf(this.nodes, this.elements);
    this.own = this.nodes.find(({ id }) => id === given.at); // of a task's page: others may be at work elsewhere
    this.panel = box.querySelector('[data-panel]');
    this.crumbs = box.querySelector('[data-crumbs]');
  }

  show() {
    showState(this.viewer, this);
    showCaptions(this.viewer, this, this.nodes);
    this.addKeys();
    this.addActions();
    this.addPlaces();
    this.addCrumbs();
    this.viewer.get('eventBus').on('root.set', AFTER_ALL, () => this.entered());
    if (this.home()) goTo(this.viewer, this.home());
    this.entered();
  }

  /** Another plane is shown: look at the whole of it, or at where the instance stands there. */
  entered() {
    this.close();
    this.act('up').hidden = this.crumbs.hidden = !this.above();
    this.canvas.resized(); // in full screen the way back takes room from the drawing
    this.lookAgain();
  }

  /** Where the diagram opens, and where 当前环节 leads: to the task of the page, else to the first place. */
  home() {
    return this.own ?? this.places[0];
  }

  lookAgain() {
    const places = this.own ? [this.own, ...this.places] : this.places;
    look(this.viewer, targetOn(this.viewer, this.canvas.getRootElement(), places, this.nodes));
  }

  act(name) {
    return this.box.querySelector(`[data-act="${name}"]`);
  }

  /** The collapsed sub-process whose plane is shown. */
  above() {
    const { id, businessObject } = this.canvas.getRootElement();
    return this.nodes.find((node) => node.id === businessObject?.id && node.id !== id);
  }

  title() {
    return [document.querySelector('h1')?.firstChild?.textContent.trim(), this.above()?.businessObject.name]
      .filter(Boolean)
      .join(' › ');
  }

  /** Where it stands and what is wrong, in words. */
  notes() {
    const listed = (title, nodes) => (nodes.length ? [`${title}：${nodes.map(pathOf).join('；')}`] : []);
    const having = (what) => this.nodes.filter(({ id }) => this.elements[id]?.[what]);
    return [
      ...listed('当前位置', this.places),
      ...listed('逾期', having('overdue')),
      ...listed('故障', having('incident')),
    ];
  }

  addActions() {
    const whole = () => look(this.viewer);
    const acts = {
      in: () => this.canvas.zoom(this.canvas.zoom() * ZOOM_STEP),
      out: () => this.canvas.zoom(this.canvas.zoom() / ZOOM_STEP),
      all: whole,
      here: () => (this.home() ? this.goTo(this.home()) : whole()),
      up: () => this.goTo(this.above()),
      print: () => print(this.viewer, this.title(), this.notes()),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : this.box.requestFullscreen()),
    };
    for (const button of this.box.querySelectorAll('[data-act]'))
      button.addEventListener('click', acts[button.dataset.act]);
    this.act('full').hidden = !document.fullscreenEnabled;
    this.box.addEventListener('fullscreenchange', () => {
      this.act('full').textContent = document.fullscreenElement ? '退出全屏' : '全屏';
      this.canvas.resized();
      this.lookAgain();
    });
    this.box.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape' && !this.panel.hidden) this.close({ back: true });
      else if (KEYS[event.key]) acts[KEYS[event.key]]();
      else return;
      event.preventDefault();
    });
  }

  addKeys() {
    for (const node of this.nodes) {
      const drawn = this.canvas.getGraphics(node);
      const told = this.elements[node.id] ?? {};
      const name = node.businessObject.name
        ? `${told.kind ?? ''} ${node.businessObject.name}`.trim()
        : nameOf(node, told);
      drawn.setAttribute('tabindex', '0');
      drawn.setAttribute('role', 'button');
      drawn.setAttribute('aria-roledescription', '流程图中的环节'); // not one of the page's own buttons
      drawn.setAttribute('aria-label', [name, ...(told.captions ?? []), describe(told)].filter(Boolean).join('，'));
      drawn.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        this.open(node);
      });
    }
    this.viewer.get('eventBus').on('element.click', ({ element }) => {
      const node = meant(element, this.nodes);
      if (node) this.open(node);
      else this.close();
    });
  }

  addPlaces() {
    const list = this.box.querySelector('[data-places]');
    this.act('here')?.toggleAttribute('hidden', !this.home());
    if (!list || this.own || this.places.length < 2) return;
    for (const place of this.places) {
      const button = Object.assign(document.createElement('button'), {
        type: 'button',
        className: 'btn btn-outline-secondary btn-sm',
        textContent: pathOf(place),
      });
      button.addEventListener('click', () => this.goTo(place));
      list.append(button);
    }
    list.hidden = false;
  }

  /** The way back to the planes above stands over the drawing, where it covers none of it. */
  addCrumbs() {
    this.crumbs.append(this.canvas.getContainer().querySelector('.bjs-breadcrumbs'));
  }

  goTo(node) {
    goTo(this.viewer, node);
    this.canvas.getGraphics(node).focus({ preventScroll: true });
  }

  open(node) {
    this.mark(undefined);
    const plane = planeBehind(this.viewer, node);
    const heading = fill(this.panel, node, this.elements[node.id], {
      close: () => this.close({ back: true }),
      open: plane ? () => this.canvas.setRootElement(plane) : undefined,
    });
    this.mark(node);
    this.resized();
    heading.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: 'nearest' });
  }

  /** `back`: to the element that the panel was about. */
  close({ back } = {}) {
    const node = this.chosen;
    this.mark(undefined);
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.resized();
    if (back && node) this.canvas.getGraphics(node).focus({ preventScroll: true });
  }

  mark(node) {
    if (this.chosen) this.canvas.removeMarker(this.chosen, 'is-chosen');
    if (node) this.canvas.addMarker(node, 'is-chosen');
    this.chosen = node;
  }

  /** The panel takes room from the canvas: what is looked at stays in the middle. */
  resized() {
    const before = this.canvas.viewbox();
    this.canvas.resized();
    const { width } = this.canvas.getSize();
    const wide = width / before.scale;
    this.canvas.viewbox({ ...before, x: before.x + (before.width - wide) / 2, width: wide });
  }
}

async function draw(box) {
  const given = JSON.parse(box.querySelector('script[type="application/json"]').textContent);
  const said = box.querySelector('[data-said]');
  try {
    const answer = await fetch(given.source, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`服务器回答 ${answer.status}`);
    // The wheel scrolls the page, as everywhere else: zooming has its own buttons and keys.
    const viewer = new Viewer({
      container: box.querySelector('.diagram-canvas'),
      zoomScroll: { enabled: false },
      additionalModules: [words],
    });
    await viewer.importXML(await answer.text());
    new Diagram(box, viewer, given).show();
    box.dataset.state = 'drawn';
  } catch (error) {
    box.dataset.state = 'failed';
    said.textContent = `流程图没有显示出来：${error.message}`;
  }
}

document.querySelectorAll('[data-diagram]').forEach(draw);
