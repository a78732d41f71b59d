import { unsupported } from './pixel-description.ts';

/** How the pixels of a transfer syntax are packed (PS3.5 section 10 and annex A). */
export type Packing = 'native' | 'rle' | 'deflated-frame' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl';

const ROOT = '1.2.840.10008.1.2';
const PACKINGS: Readonly<Record<string, Packing>> = {
  [ROOT]: 'native',
  [`${ROOT}.1`]: 'native',
  [`${ROOT}.1.99`]: 'native',
  [`${ROOT}.2`]: 'native',
  [`${ROOT}.5`]: 'rle',
  [`${ROOT}.8.1`]: 'deflated-frame',
  ...each('jpeg', [50, 51, 53, 55, 57, 70]),
  ...each('jpeg-ls', [80, 81]),
  ...each('jpeg-2000', [90, 91]),
  ...each('jpeg-xl', [110, 111, 112]),
  ...each('htj2k', [201, 202, 203]),
};
const BASELINE = `${ROOT}.4.50`;
/** What is known and refused, by name. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^1\.2\.840\.10008\.1\.2\.4\.10\d(\.1)?$/, 'video (MPEG-2, H.264 or H.265)'],
  [/^1\.2\.840\.10008\.1\.2\.4\.9[23]$/, 'JPEG 2000 Part 2 with several components'],
  [/^1\.2\.840\.10008\.1\.2\.4\.9[45]$/, 'JPIP, whose pixels are elsewhere'],
  [/^1\.2\.840\.10008\.1\.2\.4\.20[45]$/, 'JPIP, whose pixels are elsewhere'],
  [/^1\.2\.840\.10008\.1\.2\.4\.(5[24689]|6[0-6])$/, 'a retired form of JPEG'],
  [/^1\.2\.840\.10008\.1\.2\.7\.\d$/, 'SMPTE ST 2110 video'],
  [/^1\.2\.840\.10008\.1\.2\.6\.\d$/, 'a retired encapsulation'],
  [/^1\.2\.840\.113619\.5\.2$/, 'private: GE, implicit VR with big-endian pixels'],
  [/^1\.2\.(?!840\.10008\.)[\d.]{1,60}$/, 'private'],
];

/** @throws MaskwrightError PIXELS_UNSUPPORTED naming the transfer syntax */
export function packingOf(transferSyntaxUID: string): Packing {
  const packing = Object.hasOwn(PACKINGS, transferSyntaxUID) ? PACKINGS[transferSyntaxUID] : undefined;
  if (packing) return packing;
  if (!/^[\d.]{1,64}$/.test(transferSyntaxUID)) throw unsupported('transfer syntax not supported: it is no UID');
  const [, name] = REFUSED.find(([pattern]) => pattern.test(transferSyntaxUID)) ?? [];
  throw unsupported(`transfer syntax not supported: ${name ? `${name}, ` : ''}${transferSyntaxUID}`);
}

/** The one JPEG whose samples have 8 bits. */
export function isBaselineJpeg(transferSyntaxUID: string): boolean {
  return transferSyntaxUID === BASELINE;
}

function each(packing: Packing, numbers: readonly number[]): Record<string, Packing> {
  return Object.fromEntries(numbers.map((number) => [`${ROOT}.4.${number}`, packing]));
}
