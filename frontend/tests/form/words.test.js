import { TranslatableString as T } from '@rjsf/utils';
import { expect, test } from 'vitest';
import { translateString } from '../../src/form/words.js';

test('what an official can meet of the library’s own words is Chinese', () => {
  for (const text of [T.YesLabel, T.NoLabel, T.AddItemButton, T.RemoveButton, T.EmptyArray, T.ErrorsLabel]) {
    expect(translateString(text)).toMatch(/^[\u4e00-\u9fff“”，。]+$/);
  }
});

test('the rest is said as the library says it, with its values', () => {
  expect(translateString(T.TitleOptionPrefix, ['甲', '1'])).toBe('甲 option 1');
});
