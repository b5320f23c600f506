// As much of a bpmn-js viewer as the diagram's modules ask for: elements on planes, marks, overlays, a view.

/** A business object: its type, and the sub-process or process around it. */
export function thing(id, type, { name, parent } = {}) {
  const kinds = new Set(['bpmn:FlowElement', type]);
  if (!['bpmn:Process', 'bpmn:SequenceFlow', 'bpmn:Lane'].includes(type)) kinds.add('bpmn:FlowNode');
  if (type.endsWith('Task') || type === 'bpmn:SubProcess' || type === 'bpmn:CallActivity') kinds.add('bpmn:Activity');
  return { id, name, $type: type, $parent: parent, $instanceOf: (kind) => kinds.has(kind) };
}

/** An element with that business object. */
export function shape(businessObject, more = {}) {
  return {
    id: businessObject.id,
    type: businessObject.$type,
    businessObject,
    x: 0,
    y: 0,
    width: 100,
    height: 80,
    ...more,
  };
}

/** `planes`: [{root, shapes}], the one to be shown first in front. `size`: of the canvas; `inner`: what a plane takes. */
export function viewer(
  planes,
  { size = { width: 1100, height: 550 }, inner = { x: 80, y: 80, width: 6000, height: 800 } } = {},
) {
  const marks = {};
  const badges = {};
  const listeners = {};
  const graphics = new Map();
  const elements = planes.flatMap(({ root, shapes }) => [...shapes, root]);
  const container = document.createElement('div');
  container.append(Object.assign(document.createElement('ul'), { className: 'bjs-breadcrumbs' }));
  let shown = planes[0].root;
  let box = { x: 0, y: 0, width: size.width, height: size.height };
  const fire = (event, given) => listeners[event]?.forEach((heard) => heard(given));
  const canvas = {
    addMarker: (element, mark) => (marks[element.id ?? element] ??= []).push(mark),
    removeMarker: (element, mark) => {
      const id = element.id ?? element;
      marks[id] = (marks[id] ?? []).filter((one) => one !== mark);
    },
    findRoot: (wanted) =>
      planes.find(({ root, shapes }) =>
        typeof wanted === 'string' ? root.id === wanted : root === wanted || shapes.includes(wanted),
      )?.root,
    getContainer: () => container,
    getGraphics: (element) => {
      if (!graphics.has(element)) {
        const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'g');
        drawn.setAttribute('data-element-id', element.id);
        container.append(drawn);
        graphics.set(element, drawn);
      }
      return graphics.get(element);
    },
    getRootElement: () => shown,
    getRootElements: () => planes.map(({ root }) => root),
    getSize: () => size,
    resized: () => {},
    setRootElement: (root) => {
      shown = root;
      fire('root.set', { element: root });
    },
    viewbox: (wanted) => {
      if (wanted) box = wanted;
      return { ...box, scale: size.width / box.width, inner };
    },
    zoom: (wanted) => {
      if (wanted) box = { ...box, width: size.width / wanted, height: size.height / wanted };
      return size.width / box.width;
    },
  };
  const services = {
    canvas,
    overlays: {
      add: (id, _, { html }) =>
        (badges[id] = [...html.children].map((one) => [one.className, one.textContent, one.title])),
    },
    elementRegistry: {
      filter: (wanted) => elements.filter(wanted),
      forEach: (told) => elements.forEach(told),
      get: (id) => elements.find((element) => element.id === id),
    },
    eventBus: { on: (event, ...heard) => (listeners[event] ??= []).push(heard.at(-1)) },
  };
  return { get: (name) => services[name], marks, badges, fire, container };
}

/** A process of one task and one stage with two tasks and a stage of its own behind it. */
export function staged() {
  const process = thing('p', 'bpmn:Process', { name: '审核' });
  const stage = thing('stage', 'bpmn:SubProcess', { name: '四方联审', parent: process });
  const inner = thing('inner', 'bpmn:SubProcess', { name: '终稿', parent: stage });
  const top = [
    shape(thing('start', 'bpmn:StartEvent', { parent: process })),
    shape(thing('fill_in', 'bpmn:UserTask', { name: '填报', parent: process })),
    shape(stage, { collapsed: true }),
  ];
  const within = [
    shape(thing('give', 'bpmn:UserTask', { name: '出具意见', parent: stage })),
    shape(thing('judge', 'bpmn:BusinessRuleTask', { name: '汇总', parent: stage })),
    shape(inner, { collapsed: true }),
  ];
  const innermost = [shape(thing('revise', 'bpmn:UserTask', { name: '修订', parent: inner }))];
  return [
    { root: shape(process), shapes: top },
    { root: { ...shape(stage), id: 'stage_plane' }, shapes: within },
    { root: { ...shape(inner), id: 'inner_plane' }, shapes: innermost },
  ];
}
