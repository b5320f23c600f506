// Where an instance stands, drawn on its diagram. What is late, stuck or done the server says (app/seen/diagram.py).

const make = (className, text, title) =>
  Object.assign(document.createElement('div'), { className, textContent: text, title });

const badge = (kind, text, title) => make(`diagram-badge ${kind}`, text, title);

function marksOf({ current, overdue, incident, done }) {
  const marks = [];
  if (incident) marks.push('is-stuck');
  else if (current) marks.push('is-current');
  else if (done) marks.push('is-done');
  if (overdue) marks.push('is-overdue');
  return marks;
}

function badgesOf({ current, overdue, incident, done }) {
  const badges = [];
  if (current) badges.push([badge('token', `● ${current}`, `停在这里：${current}`), { bottom: 10, left: -8 }]);
  if (done > 1) badges.push([badge('done', `✓ ${done}`, `已完成 ${done} 次`), { bottom: 10, right: 24 }]);
  if (incident) badges.push([badge('incident', '! 故障', incident), { top: -12, right: 30 }]);
  if (overdue) badges.push([badge('overdue', '逾期', overdue), { top: -12, left: -8 }]);
  return badges;
}

/** `elements`: id → {current: tokens, done: times, overdue: words, incident: words}; `flows`: ids taken. */
export function showState(viewer, { elements = {}, flows = [] }) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [id, state] of Object.entries(elements)) {
    if (!registry.get(id)) continue; // not drawn, or inside a called process
    marksOf(state).forEach((mark) => canvas.addMarker(id, mark));
    for (const [html, position] of badgesOf(state)) overlays.add(id, 'state', { position, html });
  }
  flows.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, 'is-taken'));
}

/** What is known of an element, in a line. */
export function describe({ id, businessObject }, state = {}, notes = []) {
  const facts = [businessObject.name || id];
  if (state.current) facts.push(`停在这里 ${state.current} 处`);
  if (state.done) facts.push(`已完成 ${state.done} 次`);
  if (state.overdue) facts.push(state.overdue);
  if (state.incident) facts.push(`故障：${state.incident}`);
  return [...facts, ...notes].join(' · ');
}

function whereToLook(viewer, elements) {
  const registry = viewer.get('elementRegistry');
  const here = Object.entries(elements)
    .filter(([, { current, incident }]) => current || incident)
    .map(([id]) => registry.get(id))
    .find(Boolean);
  return here ?? registry.find(({ type }) => type === 'bpmn:StartEvent');
}

/** Fit the diagram; where that makes it too small to read, come closer to where the work is, or to the start. */
export function fit(viewer, { elements = {} }, readable = 0.55) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(canvas.zoom() * 0.96, 'auto'); // a little air around
  const target = canvas.zoom() < readable && whereToLook(viewer, elements);
  if (!target) return;
  const size = canvas.getSize();
  const { inner } = canvas.viewbox();
  const width = size.width / readable;
  const height = size.height / readable;
  const keepInside = (wanted, from, span, room) => Math.max(from, Math.min(wanted, from + Math.max(0, span - room)));
  canvas.viewbox({
    x: keepInside(target.x + target.width / 2 - width / 2, inner.x - 10, inner.width + 20, width),
    y: keepInside(target.y + target.height / 2 - height / 2, inner.y - 10, inner.height + 20, height),
    width,
    height,
  });
}
