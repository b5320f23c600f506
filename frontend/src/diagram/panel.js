// What is known of an element, beside the diagram: what is declared of it, and what came of it in this instance.
import { describe } from './state.js';

const NAMELESS = '（未命名）';

function make(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function button(text, act, className = 'btn btn-outline-secondary btn-sm') {
  const made = make('button', className, text);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

function line({ text, formula, href }) {
  const said = href ? Object.assign(make('a', '', text), { href }) : text;
  return make('div', '', said, ...(formula ? [make('code', '', formula)] : []));
}

function visit({ when, what, who, result, rows = [], table }) {
  return make(
    'li',
    '',
    make('span', 'day', when),
    ` ${what}`,
    ...(who ? [make('div', '', who)] : []),
    ...(result ? [make('div', '', `结果：${result}`)] : []),
    ...(table ? [line(table)] : []),
    ...rows.map((row) => make('div', 'sub', row)),
  );
}

/** The name that a person reads; an element without one is called by its kind. */
export const nameOf = ({ businessObject }, { kind } = {}) => businessObject.name || kind || NAMELESS;

/** Fill the panel; returns its heading. `acts`: {close, open}, `open` only where there is a plane behind the element. */
export function fill(panel, node, told = {}, acts) {
  const { kind, facts = [], visits = [], more } = told;
  const heading = make('h3', '', nameOf(node, told));
  heading.tabIndex = -1;
  const state = describe(told);
  const list = make('dl', 'facts');
  for (const { title, lines } of facts) list.append(make('dt', '', title), make('dd', '', ...lines.map(line)));
  panel.replaceChildren(
    make('div', 'head', heading, button('关闭', acts.close)),
    ...(kind ? [make('p', 'kind', kind)] : []),
    ...(state ? [make('p', '', state)] : []),
    ...(acts.open ? [make('p', '', button('展开子流程', acts.open))] : []),
    ...(facts.length ? [list] : []),
    ...(visits.length ? [make('h4', '', '办理情况'), make('ol', 'visits', ...visits.map(visit))] : []),
    ...(more ? [make('p', 'sub', `此前还有 ${more} 次`)] : []),
  );
  panel.hidden = false;
  return heading;
}
