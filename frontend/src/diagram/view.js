// What of a diagram is in view: which plane, and which part of it.

export const SMALLEST = 0.45; // the zoom down to which all of a plane is shown: the house's widest plane on an ordinary page
export const CLOSE = 0.7; // how closely one part is looked at where all would be smaller than that
const AIR = 12;
const MARK = 40; // the maker's mark stands at the lower right

/** The viewbox that shows all of `inner`, or, where that would be too small to read, a readable part around `target`. */
export function boxFor(size, inner, target, { top = AIR, bottom = MARK } = {}) {
  const whole = Math.min(
    1,
    (size.width - 2 * AIR) / Math.max(inner.width, 1),
    (size.height - top - bottom) / Math.max(inner.height, 1),
  );
  const scale = whole < SMALLEST && target ? CLOSE : Math.max(whole, 0.05);
  const width = size.width / scale;
  const height = size.height / scale;
  const near = scale > whole ? target : inner;
  const clear = { left: AIR / scale, right: AIR / scale, top: top / scale, bottom: bottom / scale };
  const along = (from, span, room, middle, before, after) => {
    const least = from - before;
    const most = from + span + after - room;
    if (most <= least) return from + span / 2 - (room + before - after) / 2; // all of it fits
    return Math.min(Math.max(middle - room / 2, least), most);
  };
  return {
    x: along(inner.x, inner.width, width, near.x + near.width / 2, clear.left, clear.right),
    y: along(inner.y, inner.height, height, near.y + near.height / 2, clear.top, clear.bottom),
    width,
    height,
  };
}

/** Look at the plane that is shown: at all of it, or closely at one of its elements. */
export function look(viewer, target) {
  const canvas = viewer.get('canvas');
  const crumbs = canvas.getContainer().querySelector('.bjs-breadcrumbs'); // the way back, over the upper left of an inner plane
  const top = crumbs?.offsetHeight ? crumbs.offsetTop + crumbs.offsetHeight + AIR / 2 : AIR;
  canvas.viewbox(boxFor(canvas.getSize(), canvas.viewbox().inner, target, { top }));
}

/** The first of `places` on the plane that is shown, else its first start event. */
export function targetOn(viewer, root, places, nodes) {
  const canvas = viewer.get('canvas');
  const isHere = (node) => canvas.findRoot(node) === root;
  return (
    places.find(isHere) ?? nodes.find((node) => node.type === 'bpmn:StartEvent' && isHere(node)) ?? nodes.find(isHere)
  );
}

/** Show the plane of an element, and the element. */
export function goTo(viewer, node) {
  const canvas = viewer.get('canvas');
  const root = canvas.findRoot(node);
  if (root !== canvas.getRootElement()) canvas.setRootElement(root);
  look(viewer, node);
}
