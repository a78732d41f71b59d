import type { CodedConcept, KeywordValues } from '@maskwright/dicom';

/**
 * Longest values (PS3.5 section 6.2). The standard counts characters; dciodvfy and the columns of some archives count bytes,
 * so that bytes it is.
 */
const LONGEST = { LO: 64, SH: 16, ST: 1024, LT: 10240 } as const;
const CUT = '...';

/**
 * Text that its value representation can hold: no control characters, short enough, marked where it was cut.
 * @param most bytes, where less than the longest
 */
export function fit(text: string, vr: keyof typeof LONGEST, most: number = LONGEST[vr]): string {
  const multiline = vr === 'ST' || vr === 'LT';
  // A backslash would begin a second value in LO and SH.
  const clean = (
    multiline ? text.replace(/[^\P{Cc}\n\r\t]/gu, ' ') : text.replace(/\p{Cc}+/gu, ' ').replaceAll('\\', '/')
  ).trim();
  if (Buffer.byteLength(clean) <= most) return clean;
  let kept = '';
  let bytes = CUT.length;
  for (const character of clean) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    kept += character;
  }
  return kept.trimEnd() + CUT;
}

/** Decimal string of at most 16 characters (VR DS). */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is no decimal string`);
  // Minus zero would read "-0", which some readers take for another position than 0.
  const plain = String(value === 0 ? 0 : value);
  if (plain.length <= 16) return plain;
  for (let digits = 15; ; digits -= 1) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
}

/** Item of a code sequence (PS3.3 section 8.8). */
export function codeItem({ value, scheme, meaning }: CodedConcept): KeywordValues {
  const keyword = value.includes(':') ? 'URNCodeValue' : value.length > 16 ? 'LongCodeValue' : 'CodeValue';
  return { [keyword]: value, CodingSchemeDesignator: fit(scheme, 'SH'), CodeMeaning: fit(meaning, 'LO') };
}

/** TimezoneOffsetFromUTC: `+0530`. */
export const UTC_OFFSET = /^([+-])(\d\d)(\d\d)$/;

/** Date and time of a moment (DA, TM, DT), in the offset from UTC that the source states, else in UTC. */
export function moment(at: Date, offset = '+0000'): { readonly date: string; readonly time: string } {
  const [, sign, hours = '0', minutes = '0'] = UTC_OFFSET.exec(offset) ?? [];
  const shift = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const digits = new Date(at.getTime() + shift).toISOString().replace(/[^0-9]/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(8, 14) };
}
