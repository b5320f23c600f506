// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';
import { print } from '../../src/diagram/printing.js';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300" viewBox="0 0 900 300">
  <defs><marker viewBox="0 0 20 20" id="marker-1"/><marker id="marker-12"/></defs>
  <path style="marker-end: url('#marker-1')"/><path style="marker-start: url(#marker-12)"/></svg>`;

test('a print shows the plane alone with its title and state, and leaves the page as it was', async () => {
  document.body.innerHTML = '<main>页面</main>';
  const seen = {};
  vi.stubGlobal('print', () => {
    seen.only = document.body.classList.contains('prints-diagram');
    seen.text = document.querySelector('.diagram-sheet').textContent;
    seen.drawing = document.querySelector('.diagram-sheet svg');
  });
  await print({ saveSVG: async () => ({ svg: SVG }) }, '审核 › 四方联审', ['当前位置：出具意见']);
  expect(seen.only).toBe(true);
  expect(seen.text.trim()).toBe('审核 › 四方联审当前位置：出具意见');
  expect(seen.drawing.getAttribute('viewBox')).toBe('0 0 900 300');
  expect(seen.drawing.hasAttribute('width')).toBe(false); // as wide as the sheet
  window.dispatchEvent(new Event('afterprint'));
  expect(document.body.innerHTML).toBe('<main>页面</main>');
  expect(document.body.classList.contains('prints-diagram')).toBe(false);
});

test('its arrow heads are its own: those of the page are hidden meanwhile', async () => {
  document.body.innerHTML = '<svg><defs><marker id="marker-1"></marker></defs></svg>';
  vi.stubGlobal('print', () => {});
  await print({ saveSVG: async () => ({ svg: SVG }) }, '审核');
  const sheet = document.querySelector('.diagram-sheet');
  const named = [...sheet.querySelectorAll('path')].map((path) => /#([\w-]+)/.exec(path.getAttribute('style'))[1]);
  expect(named).toHaveLength(2);
  for (const id of named) expect(sheet.contains(document.getElementById(id))).toBe(true);
});
