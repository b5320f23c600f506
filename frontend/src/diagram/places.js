// Where an instance stands: its places, and what a collapsed sub-process holds of them. Works on elements of bpmn-js and on what the server says.

/** What tokens come to, without labels, planes, lanes and notes. */
export function nodesOf(viewer) {
  return viewer
    .get('elementRegistry')
    .filter(
      ({ id, businessObject, labelTarget }) =>
        !labelTarget && businessObject?.id === id && businessObject.$instanceOf?.('bpmn:FlowNode'),
    );
}

/** The sub-processes around an element, the outermost first. */
export function around({ businessObject }) {
  const found = [];
  for (let outer = businessObject.$parent; outer?.$instanceOf?.('bpmn:SubProcess'); outer = outer.$parent)
    found.unshift(outer);
  return found;
}

const isHere = (state) => Boolean(state && (state.current || state.incident));

/** The innermost elements where something waits or is stuck, in the diagram's order. */
export function placesOf(nodes, elements = {}) {
  const here = nodes.filter(({ id }) => isHere(elements[id]));
  const holding = new Set(here.flatMap((node) => around(node).map(({ id }) => id)));
  return here.filter(({ id }) => !holding.has(id));
}

/** 阶段 › 环节 */
export function pathOf(node) {
  return [...around(node), node.businessObject].map(({ name }) => name || '（未命名）').join(' › ');
}

/** What a sub-process holds: tokens, activities done, elements late and stuck. */
export function heldBy({ id }, nodes, elements = {}) {
  const inner = nodes.filter((node) => around(node).some((outer) => outer.id === id));
  const told = inner.map((node) => elements[node.id]).filter(Boolean);
  const sum = placesOf(inner, elements).map((node) => elements[node.id].current || 0);
  const isDone = (node) =>
    node.businessObject.$instanceOf('bpmn:Activity') && elements[node.id]?.done && !elements[node.id].current;
  return {
    current: sum.reduce((all, some) => all + some, 0),
    done: inner.filter(isDone).length,
    overdue: told.filter(({ overdue }) => overdue).length,
    incident: told.filter(({ incident }) => incident).length,
  };
}
