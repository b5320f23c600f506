import { expect, test } from 'vitest';
import words from '../../src/diagram/words.js';

const [, translate] = words.translate;

test('the viewer’s own words are Chinese, with their values', () => {
  expect(translate('Open {element}', { element: '联合审查' })).toBe('展开“联合审查”');
  expect(translate('no diagram to display')).toBe('没有可显示的流程图');
});

test('what is not known is said as it is; a value that is missing stays visible', () => {
  expect(translate('unknown {x}', { x: 0 })).toBe('unknown 0');
  expect(translate('Open {element}')).toBe('展开“{element}”');
});
