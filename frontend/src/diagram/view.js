// What of a diagram is in view: which plane, and which part of it.

export const READABLE = 1; // the zoom at which the smallest letters, those of the captions, have 11 px
const AIR = 12;
const MARK = 40; // the maker's mark stands at the lower right

/** The viewbox that shows all of `inner`, or, where that would be too small to read, a readable part around `target`. */
export function boxFor(size, inner, target) {
  const whole = Math.min(
    READABLE,
    (size.width - 2 * AIR) / Math.max(inner.width, 1),
    (size.height - AIR - MARK) / Math.max(inner.height, 1),
  );
  const scale = target ? READABLE : Math.max(whole, 0.05);
  const width = size.width / scale;
  const height = size.height / scale;
  const near = scale > whole ? target : inner;
  const clear = { left: AIR / scale, right: AIR / scale, top: AIR / scale, bottom: MARK / scale };
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

/** Look at the plane that is shown: at all of it, or at one of its elements so that it can be read. */
export function look(viewer, target) {
  const canvas = viewer.get('canvas');
  canvas.viewbox(boxFor(canvas.getSize(), canvas.viewbox().inner, target));
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
