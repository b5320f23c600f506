import { describe, expect, test } from 'vitest';
import { fromLocal, toLocal } from '../../src/form/instants.js';

const SHANGHAI = 'Asia/Shanghai';

describe('an instant is meant in the district’s zone, wherever the browser is', () => {
  test.each([
    ['2026-10-15T16:00:00Z', '2026-10-16T00:00'],
    ['2026-10-16T00:00:00+08:00', '2026-10-16T00:00'],
    ['2026-10-15T12:00:00-04:00', '2026-10-16T00:00'],
    ['2026-12-31T23:59:59.999Z', '2027-01-01T07:59'],
  ])('%s is shown as %s', (instant, local) => expect(toLocal(instant, SHANGHAI)).toBe(local));

  test.each([
    ['2026-10-16T00:00', '2026-10-16T00:00:00+08:00'],
    ['2027-01-01T07:59', '2027-01-01T07:59:00+08:00'],
    ['2028-02-29T12:30', '2028-02-29T12:30:00+08:00'],
  ])('%s is sent as %s', (local, instant) => expect(fromLocal(local, SHANGHAI)).toBe(instant));

  test('nothing and what is no instant is shown as nothing', () => {
    for (const text of [undefined, null, '', '很快']) expect(toLocal(text, SHANGHAI)).toBe('');
  });

  test('an emptied field is no answer', () => expect(fromLocal('', SHANGHAI)).toBeUndefined());

  test('the offset is the one that holds at that hour, also beside a change of the clocks', () => {
    expect(fromLocal('2026-03-08T01:30', 'America/New_York')).toBe('2026-03-08T01:30:00-05:00');
    expect(fromLocal('2026-03-08T03:30', 'America/New_York')).toBe('2026-03-08T03:30:00-04:00');
    expect(fromLocal('2026-11-01T03:30', 'America/New_York')).toBe('2026-11-01T03:30:00-05:00');
    expect(fromLocal('2026-07-01T12:00', 'UTC')).toBe('2026-07-01T12:00:00+00:00');
    expect(fromLocal('2026-07-01T12:00', 'Asia/Kolkata')).toBe('2026-07-01T12:00:00+05:30');
  });

  test('what is sent is shown again as it was typed', () => {
    for (const zone of [SHANGHAI, 'UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati']) {
      for (const local of ['2026-01-01T00:00', '2026-03-08T03:30', '2026-11-01T03:30', '2026-12-31T23:59']) {
        expect(toLocal(fromLocal(local, zone), zone)).toBe(local);
      }
    }
  });
});
