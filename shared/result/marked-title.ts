import { fit } from './text-values.ts';

/** Longest LO. */
const MOST_BYTES = 64;

/** Description of a series: what it shows, as what, and the mark, which stands at the end and must not be what is cut off. */
export function markedTitle(title: string, name: string): string {
  const end = `: ${name} (research use only)`;
  return `${fit(title, 'LO', MOST_BYTES - Buffer.byteLength(end))}${end}`;
}
