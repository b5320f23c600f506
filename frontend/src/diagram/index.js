// A process diagram with the state of an instance on it. Click an element: what is known of it is said below.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './diagram.css';
import { describe, fit, showState } from './state.js';
import words from './words.js';

const ZOOM_STEP = 1.25;

function addControls(box, viewer, given) {
  const canvas = viewer.get('canvas');
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * ZOOM_STEP),
    out: () => canvas.zoom(canvas.zoom() / ZOOM_STEP),
    all: () => canvas.zoom('fit-viewport', 'auto'),
    here: () => fit(viewer, given),
  };
  for (const button of box.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', actions[button.dataset.zoom]);
  }
}

async function draw(box) {
  const given = JSON.parse(box.querySelector('script[type="application/json"]').textContent);
  const said = box.querySelector('[data-said]');
  const place = box.querySelector('.diagram-canvas');
  try {
    const answer = await fetch(given.source, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`服务器回答 ${answer.status}`);
    // The wheel scrolls the page, as everywhere else: zooming has its own buttons.
    const viewer = new Viewer({ container: place, zoomScroll: { enabled: false }, additionalModules: [words] });
    await viewer.importXML(await answer.text());
    showState(viewer, given);
    fit(viewer, given);
    addControls(box, viewer, given);
    viewer.get('eventBus').on('element.click', ({ element }) => {
      const shape = element.labelTarget || element;
      said.textContent = describe(shape, given.elements?.[shape.id], given.notes?.[shape.id]);
    });
    box.dataset.state = 'drawn';
  } catch (error) {
    box.dataset.state = 'failed';
    said.textContent = `流程图没有显示出来：${error.message}`;
  }
}

document.querySelectorAll('[data-diagram]').forEach(draw);
