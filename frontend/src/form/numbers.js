// Numbers as people write them: 4,000,000.00 with full-width commas forgiven, never rounded behind their back.

const MOST_DIGITS = 15; // past this a browser's number no longer holds every digit

export const grouped = (value, digits) =>
  new Intl.NumberFormat('zh-CN', { minimumFractionDigits: digits, maximumFractionDigits: digits ?? 6 }).format(value);

const shapes = { 0: /^-?\d+$/, 2: /^-?\d+(\.\d{1,2})?$/ };
const anyNumber = /^-?\d+(\.\d+)?$/;

/** Read what was typed. Gives undefined for nothing, a number, or the text itself when it is no such number. */
export function readNumber(text, { decimals }) {
  const plain = text.replace(/[,，\s]/g, '').replace('。', '.');
  if (plain === '') return undefined;
  if (!(shapes[decimals] ?? anyNumber).test(plain) || plain.replace(/\D/g, '').length > MOST_DIGITS) return text;
  return Number(plain);
}

/** 4000000 → "4,000,000.00 元，合 400 万元". */
export function moneyHint(value) {
  if (typeof value !== 'number') return '';
  const yuan = `${grouped(value, 2)} 元`;
  return Math.abs(value) >= 10000 ? `${yuan}，合 ${grouped(value / 10000)} 万元` : yuan;
}
