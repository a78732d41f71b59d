import { copyElements, type Instance, keywordOf, number, parsePart10, writePart10 } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { encodeSeg } from './encode-seg.ts';
import { exampleInput, exampleLoop, exampleRadiograph, exampleVolume } from './example-source.ts';
import type { SegInput } from './seg-input.ts';

const PIXELS = 15;
const INPUTS: Readonly<Record<string, SegInput>> = {
  'segments apart': exampleInput(exampleVolume(7), [
    [0, PIXELS + 3, 5 * PIXELS + 2],
    [1, PIXELS + 4],
  ]),
  'segments over each other': exampleInput(exampleVolume(3), [[1, 2 * PIXELS], [2 * PIXELS]]),
  'nothing found': exampleInput(exampleVolume(3), [[], []]),
  'frames of a loop': exampleInput(exampleLoop(6), [[PIXELS, 5 * PIXELS]]),
  'a projection': exampleInput(exampleRadiograph(), [[1], [2]]),
};
const MANY = exampleInput(
  exampleVolume(20),
  Array.from({ length: 290 }, (_, at) => [at]),
);
const FORMS = ['binary', 'labelmap', 'fractional'] as const;
const GEOMETRIES = ['viewer', 'strict'] as const;

describe('a SEG whose frames are written by ours', () => {
  const cases = Object.entries(INPUTS).flatMap(([name, input]) =>
    FORMS.flatMap((form) => GEOMETRIES.map((geometry) => ({ name, input, form, geometry }))),
  );
  const many = {
    name: 'more segments than a byte can number',
    input: MANY,
    form: 'labelmap',
    geometry: 'viewer',
  } as const;
  test.each([...cases, many])('$name, $form, $geometry: byte for byte what dcmjs makes of all its elements', (one) => {
    const { input, form, geometry } = one;
    const segments = input.segments.map((segment) => ({
      ...segment,
      probabilities: segment.mask.data.map((set, at) => (set ? 100 + (at % 100) : 0)),
    }));
    const file = encodeSeg({ ...input, segments, style: { form, geometry } });
    expect(Buffer.compare(file, writtenByDcmjs(parsePart10(file)))).toBe(0);
  });
});

function writtenByDcmjs({ dataset, sopClassUID, sopInstanceUID, pixelData }: Instance): Uint8Array {
  const keywords = Object.keys(dataset).flatMap((tag) => keywordOf(tag) ?? []);
  return writePart10({
    ...copyElements(dataset, keywords),
    SOPClassUID: sopClassUID,
    SOPInstanceUID: sopInstanceUID,
    // By which the VR of the pixels is chosen.
    BitsAllocated: number(dataset, 'BitsAllocated') ?? 0,
    PixelData: pixelData?.[0] ?? new Uint8Array(),
  });
}
