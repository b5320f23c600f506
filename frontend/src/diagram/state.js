// Where an instance stands, drawn on its diagram. What is late, stuck or done the server says (app/seen/diagram.py).
import { heldBy, nodesOf } from './places.js';

const PLANE = '_plane'; // what bpmn-js adds to the id of a collapsed sub-process for the plane behind it

const make = (className, text, title) =>
  Object.assign(document.createElement('span'), { className, textContent: text, title });

function marksOf({ current, overdue, incident, done }) {
  const marks = [];
  if (incident) marks.push('is-stuck');
  else if (current) marks.push('is-current');
  else if (done) marks.push('is-done');
  if (overdue) marks.push('is-overdue');
  return marks;
}

/** Kind, text and explanation of each badge of an element. */
function badgesOf({ current, overdue, incident, done }) {
  const badges = [];
  if (current) badges.push(['token', `● ${current}`, `停在这里：${current}`]);
  if (done > 1) badges.push(['done', `✓ ${done}`, `已完成 ${done} 次`]);
  if (overdue) badges.push(['overdue', '逾期', overdue]);
  if (incident) badges.push(['incident', '! 故障', incident]);
  return badges;
}

/** The same of a collapsed sub-process, which shows what it holds. */
function badgesOfHeld({ current, overdue, incident, done }) {
  const badges = [];
  if (current) badges.push(['token', `● ${current}`, `里面停在 ${current} 处`]);
  if (done) badges.push(['done', `✓ ${done}`, `里面已完成 ${done} 个环节`]);
  if (overdue) badges.push(['overdue', `逾期 ${overdue}`, `里面有 ${overdue} 个环节逾期`]);
  if (incident) badges.push(['incident', `! 故障 ${incident}`, `里面有 ${incident} 处故障`]);
  return badges;
}

/** The plane behind a collapsed sub-process, if there is one. */
export const planeBehind = (viewer, { id }) => viewer.get('canvas').findRoot(`${id}${PLANE}`);

/** `elements`: id → {current: tokens, done: times, overdue: words, incident: words}. What is none of this diagram is passed over. */
export function showState(viewer, { elements = {} }) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const nodes = nodesOf(viewer);
  for (const node of nodes) {
    const own = elements[node.id] ?? {};
    const held = planeBehind(viewer, node) && heldBy(node, nodes, elements);
    const state = held
      ? {
          current: held.current || own.current,
          done: own.done,
          overdue: held.overdue || own.overdue,
          incident: held.incident || own.incident,
        }
      : own;
    marksOf(state).forEach((mark) => canvas.addMarker(node.id, mark));
    const badges = held ? badgesOfHeld(held) : badgesOf(own);
    if (!badges.length) continue;
    const html = document.createElement('div');
    html.className = 'diagram-badges';
    html.append(...badges.map(([kind, text, title]) => make(`diagram-badge ${kind}`, text, title)));
    overlays.add(node.id, 'state', { position: { top: -12, left: -8 }, html });
  }
}

/** What is known of an element's state, in a line. */
export function describe({ current, done, overdue, incident } = {}) {
  const facts = [];
  if (current) facts.push(`停在这里 ${current} 处`);
  if (done) facts.push(`已完成 ${done} 次`);
  if (overdue) facts.push(overdue);
  if (incident) facts.push(`故障：${incident}`);
  return facts.join(' · ');
}
