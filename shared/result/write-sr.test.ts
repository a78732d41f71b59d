import { parsePart10 } from '@maskwright/dicom';
import { measureMasks } from '@maskwright/measure';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeSeg } from './encode-seg.ts';
import { encodeSr } from './encode-sr.ts';
import { exampleInput, exampleLoop } from './example-source.ts';
import { type SrInput, srUids } from './sr-input.ts';
import { checkSr, writeSr } from './write-sr.ts';

let input: SrInput;
beforeAll(async () => {
  const seg = exampleInput(exampleLoop(3), [[0, 15], []]);
  const masks = seg.segments.map(({ mask }) => mask);
  input = {
    ...seg,
    measurements: await measureMasks(seg.source, masks, async () => undefined),
    trackingUIDs: seg.uids.trackingUIDs,
    seg: parsePart10(encodeSeg(seg)),
    uids: srUids('a job'),
  };
});

describe('a report that is read back', () => {
  test('is right as it is written', () => {
    expect(writeSr(input)).toEqual(encodeSr(input));
  });

  test.each<[string, (file: Uint8Array) => Uint8Array, (whole: SrInput) => SrInput, RegExp]>([
    ['is cut off', (file) => file.subarray(0, 200), (whole) => whole, /cannot be read back|has 0 measurement groups/],
    [
      'speaks of another segment',
      (file) => file,
      (whole) => ({ ...whole, trackingUIDs: ['2.25.1', ...whole.trackingUIDs.slice(1)] }),
      /segment 1 has 0 measurement groups, not 2; 1 measurement groups of no segment/,
    ],
    [
      'lacks a frame',
      (file) => file,
      (whole) => ({
        ...whole,
        measurements: whole.measurements.map((one) => ({ ...one, frames: [...one.frames, ...one.frames] })),
      }),
      /segment 1 has 2 measurement groups, not 4/,
    ],
    ['refers to what is not there', otherEvidence, (whole) => whole, /referenced objects are not among the evidence/],
    [
      'has a unit of another scheme',
      (file) => replaced(file, 'UCUM', 'UCUX'),
      (whole) => whole,
      /Area has no usable value/,
    ],
  ])('and %s is named', (_, change, other, message) => {
    expect(checkSr(change(encodeSr(input)), other(input)).join('; ')).toMatch(message);
  });
});

/** The first mention of the SEG is in the evidence. */
function otherEvidence(file: Uint8Array): Uint8Array {
  const uid = input.seg?.sopInstanceUID ?? '';
  const copy = Buffer.from(file);
  copy.write(
    uid.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
    copy.indexOf(uid),
  );
  return copy;
}
function replaced(file: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(file).toString('latin1').replaceAll(from, to), 'latin1');
}
