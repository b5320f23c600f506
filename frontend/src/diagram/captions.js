// The small grey lines under a task: limit, register, document, and where it may be returned to. They keep clear of flows, shapes and names.

const SIZE = 11;
const LINE = 13;
const BELOW = 3;
const CLEAR = 8; // px on each side of a flow or shape: an arrow's head is wider than its line
const MOST = 3; // lines: diagrams leave forty pixels
const BETWEEN = ' · '; // what one line tells one after the other
const LISTED = '、';
const REACH = 160; // how far beyond its task a caption may begin or end
const LEAST = 30; // px that are free below the task itself, else nothing is written: a click tells it all
const FONT = `${SIZE}px 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif`;
const SVG = 'http://www.w3.org/2000/svg';

/** The part of a straight line between two heights, as an interval of x; undefined if none of it lies there. */
function within([from, to], top, bottom) {
  const [upper, lower] = from.y <= to.y ? [from, to] : [to, from];
  if (lower.y < top || upper.y > bottom) return undefined;
  if (upper.y === lower.y) return [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const at = (y) => upper.x + ((lower.x - upper.x) * (y - upper.y)) / (lower.y - upper.y);
  const ends = [at(Math.max(top, upper.y)), at(Math.min(bottom, lower.y))];
  return [Math.min(...ends), Math.max(...ends)];
}

/** The intervals of x, from left to right, in which nothing stands between two heights. */
function gapsIn({ boxes, lines }, left, right, top, bottom) {
  const taken = [
    ...boxes.filter((box) => box.y <= bottom && box.y + box.height >= top).map(({ x, width }) => [x, x + width]),
    ...lines.map((line) => within(line, top, bottom)).filter(Boolean),
  ].sort(([a], [b]) => a - b);
  const gaps = [];
  let from = left;
  for (const [begin, end] of taken) {
    if (begin - CLEAR > from) gaps.push([from, Math.min(begin - CLEAR, right)]);
    from = Math.max(from, end + CLEAR);
  }
  if (from < right) gaps.push([from, right]);
  return gaps;
}

/** The text in a given width, with … where it is too long. */
export function fitted(text, room, measure) {
  if (measure(text) <= room) return text;
  const letters = [...text];
  while (letters.length && measure(`${letters.join('')}…`) > room) letters.pop();
  return letters.length ? `${letters.join('')}…` : '';
}

/** A line of several things in two whose longer one is as short as can be; undefined where it tells one only. */
function parted(line, measure) {
  const between = [BETWEEN, LISTED].find((text) => line.includes(text));
  if (!between) return undefined;
  const parts = line.split(between);
  const ways = parts
    .slice(1)
    .map((_, i) => [
      parts.slice(0, i + 1).join(between) + (between === LISTED ? LISTED : ''),
      parts.slice(i + 1).join(between),
    ]);
  const longest = (way) => Math.max(...way.map(measure));
  return ways.reduce((a, b) => (longest(b) <= longest(a) ? b : a));
}

/** The same in one line more: the longest that can be parted is. Undefined: none can, or there is no line more. */
function folded(lines, measure) {
  const several = lines.filter((line) => parted(line, measure));
  if (!several.length || lines.length >= MOST) return undefined;
  const longest = lines.indexOf(several.reduce((a, b) => (measure(b) > measure(a) ? b : a)));
  return lines.flatMap((line, i) => (i === longest ? parted(line, measure) : [line]));
}

/**
 * Where a caption stands: `{x, y, width, height, anchor, lines}`, x being where each line begins or (anchor end) ends. Undefined: there is no room.
 * One that would have to be cut takes a line more where that helps.
 */
export function placed(task, lines, obstacles, measure) {
  const place = fitting(task, lines, obstacles, measure);
  const more = place?.cut ? folded(lines, measure) : undefined;
  const better = more && placed(task, more, obstacles, measure);
  return better && better.cut < place.cut ? better : place;
}

function fitting(task, lines, obstacles, measure) {
  const top = task.y + task.height + BELOW;
  const height = lines.length * LINE;
  const wanted = task.x + 2;
  const right = task.x + task.width;
  const width = Math.max(...lines.map(measure));
  const offers = gapsIn(obstacles, task.x - REACH, right + REACH, top, top + height)
    .filter(([from, to]) => Math.min(to, right) - Math.max(from, task.x) >= LEAST)
    .map(([from, to]) => {
      const room = Math.min(width, to - from);
      const begin = Math.max(from, Math.min(wanted, to - room));
      return { begin, room, cut: width - room, moved: Math.abs(begin - wanted) };
    })
    .sort((a, b) => a.cut - b.cut || a.moved - b.moved);
  if (!offers.length) return undefined;
  const { begin, room, cut } = offers[0];
  const anchor = begin < wanted ? 'end' : 'start';
  return {
    x: anchor === 'end' ? begin + room : begin,
    y: top,
    width: room,
    height,
    anchor,
    cut,
    lines: lines.map((line) => fitted(line, room, measure)),
  };
}

const FRAMES = ['bpmn:Lane', 'bpmn:Participant', 'bpmn:SubProcess', 'bpmn:Transaction', 'bpmn:AdHocSubProcess'];

/** What captions keep clear of on one plane: shapes and names as boxes; flows and the edges of frames as lines. */
export function obstaclesOf(elements) {
  const boxes = [];
  const lines = [];
  for (const { type, x, y, width, height, waypoints, collapsed, labelTarget, hidden } of elements) {
    if (hidden && !labelTarget) continue;
    if (waypoints) {
      for (let i = 1; i < waypoints.length; i++) lines.push([waypoints[i - 1], waypoints[i]]);
    } else if (FRAMES.includes(type) && !(collapsed && type === 'bpmn:SubProcess')) {
      const corners = [
        { x, y },
        { x: x + width, y },
        { x: x + width, y: y + height },
        { x, y: y + height },
      ];
      corners.forEach((corner, i) => lines.push([corner, corners[(i + 1) % 4]]));
    } else if (width !== undefined) {
      boxes.push({ x, y, width, height });
    }
  }
  return { boxes, lines };
}

function ruler() {
  const context = document.createElement('canvas').getContext('2d');
  context.font = FONT;
  return (text) => context.measureText(text).width;
}

function written({ x, y, anchor, lines }, origin, whole) {
  const group = document.createElementNS(SVG, 'g');
  group.setAttribute('class', 'diagram-caption');
  group.setAttribute('aria-hidden', 'true'); // the task's own label says it
  const title = document.createElementNS(SVG, 'title');
  title.textContent = whole.join('\n');
  group.append(title);
  lines.forEach((line, number) => {
    const text = document.createElementNS(SVG, 'text');
    text.setAttribute('x', x - origin.x);
    text.setAttribute('y', y - origin.y + number * LINE + SIZE);
    text.setAttribute('text-anchor', anchor);
    text.style.font = FONT;
    text.textContent = line;
    group.append(text);
  });
  return group;
}

/** Write them all. They belong to the drawing of their tasks, so that they follow the zoom, their plane, and a print. */
export function showCaptions(viewer, { elements = {} }, nodes) {
  const canvas = viewer.get('canvas');
  const planes = new Map(canvas.getRootElements().map((root) => [root, []]));
  viewer.get('elementRegistry').forEach((element) => planes.get(canvas.findRoot(element))?.push(element));
  const measure = ruler();
  for (const [root, drawn] of planes) {
    const told = nodes.filter((node) => elements[node.id]?.captions?.length && canvas.findRoot(node) === root);
    if (!told.length) continue;
    const obstacles = obstaclesOf(drawn.filter((element) => element !== root));
    for (const node of told) {
      const lines = elements[node.id].captions;
      const place = placed(node, lines, obstacles, measure);
      if (!place) continue;
      canvas.getGraphics(node).append(written(place, node, lines));
      obstacles.boxes.push({ ...place, x: place.anchor === 'end' ? place.x - place.width : place.x });
    }
  }
}
