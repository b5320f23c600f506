// Instants are shown and typed in the district's own zone, whatever zone the browser is in.

function parts(instant, zone) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'longOffset',
  });
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
}

/** "2026-10-15T16:00:00Z" → "2026-10-16T00:00" in Asia/Shanghai, as a datetime-local input wants it. */
export function toLocal(text, zone) {
  const instant = new Date(text);
  if (!text || Number.isNaN(instant.getTime())) return '';
  const p = parts(instant, zone);
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

/** "2026-10-16T00:00" → "2026-10-16T00:00:00+08:00". */
export function fromLocal(text, zone) {
  if (!text) return undefined;
  const offsetAt = (instant) => parts(instant, zone).timeZoneName.replace('GMT', '') || '+00:00';
  const near = offsetAt(new Date(`${text}:00Z`)); // hours away from the instant that is meant: a change of the clocks may lie between
  return `${text}:00${offsetAt(new Date(`${text}:00${near}`))}`;
}
