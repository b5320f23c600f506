// Print the plane that is shown, alone on a page across.

/** The drawing with ids of its own: a name that stands twice means the first, and what is hidden draws no arrow heads. */
function renamed(svg) {
  const ids = new Set([...svg.matchAll(/<marker\b[^>]*\sid="([^"]+)"/g)].map(([, id]) => id));
  return svg.replace(/(\bid="|#)([\w-]+)/g, (whole, before, id) => (ids.has(id) ? `${before}${id}-printed` : whole));
}

/** `title` and `notes` stand above it, for badges are not printed. The page comes back as it was when the print is done. */
export async function print(viewer, title, notes = []) {
  const { svg } = await viewer.saveSVG();
  const drawing = new DOMParser().parseFromString(renamed(svg), 'image/svg+xml').documentElement;
  drawing.removeAttribute('width');
  drawing.removeAttribute('height');
  const sheet = document.createElement('div');
  sheet.className = 'diagram-sheet diagram-canvas';
  const heading = document.createElement('h1');
  heading.textContent = title;
  const said = notes.map((note) => Object.assign(document.createElement('p'), { textContent: note }));
  sheet.append(heading, ...said, document.importNode(drawing, true));
  document.body.append(sheet);
  document.body.classList.add('prints-diagram');
  window.addEventListener(
    'afterprint',
    () => {
      sheet.remove();
      document.body.classList.remove('prints-diagram');
    },
    { once: true },
  );
  window.print();
}
