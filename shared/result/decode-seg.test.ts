import { datasetOf, parsePart10 } from '@maskwright/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSeg } from './decode-seg.ts';
import { encodeSeg } from './encode-seg.ts';
import { exampleInput, exampleLoop, exampleVolume } from './example-source.ts';

const PIXELS = 15;

describe('masks read back', () => {
  test('carry number, label, colour and the image that they lie on', () => {
    const source = exampleVolume(3);
    const seg = decodeSeg(parsePart10(encodeSeg(exampleInput(source, [[], [PIXELS + 4]]))));
    expect(seg).toMatchObject({ rows: 3, columns: 5 });
    expect(seg.segments.map(({ frames, ...rest }) => ({ ...rest, frames: frames.length }))).toEqual([
      { number: 1, label: 'Organ 1', color: [220, 0, 60], frames: 0 },
      { number: 2, label: 'Organ 2', color: [220, 20, 60], frames: 1 },
    ]);
    const [frame] = seg.segments[1]?.frames ?? [];
    expect(frame?.sourceSOPInstanceUID).toBe(source.frames[1]?.instance.sopInstanceUID);
    expect(frame?.frameNumber).toBe(1);
    expect([...(frame?.data ?? [])].flatMap((pixel, at) => (pixel ? [at] : []))).toEqual([4]);
  });

  test('are those that were written', () => {
    const source = exampleLoop(4);
    const shown = fc.uniqueArray(fc.nat({ max: 4 * PIXELS - 1 }));
    fc.assert(
      fc.property(fc.array(shown, { minLength: 1, maxLength: 4 }), (given) => {
        const { segments } = decodeSeg(parsePart10(encodeSeg(exampleInput(source, given))));
        const read = segments.map(({ frames }) =>
          frames.flatMap(({ frameNumber, data }) =>
            [...data].flatMap((pixel, at) => (pixel ? [(frameNumber - 1) * PIXELS + at] : [])),
          ),
        );
        expect(read).toEqual(given.map((pixels) => [...pixels].sort((a, b) => a - b)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('probabilities of others', () => {
  const example = exampleInput(exampleVolume(1), [[0, 1]]);
  const probabilities = Uint8Array.from({ length: PIXELS }, (_, at) => [100, 99][at] ?? 0);
  const segments = example.segments.map((segment) => ({ ...segment, probabilities }));
  const seg = parsePart10(encodeSeg({ ...example, segments, style: { form: 'fractional' } }));
  test.each([
    [200, [0]],
    [198, [0, 1]],
    [202, []],
  ])('count from the half of MaximumFractionalValue %i, the half itself too', (MaximumFractionalValue, shown) => {
    const dataset = { ...seg.dataset, ...datasetOf({ MaximumFractionalValue }) };
    const [frame] = decodeSeg({ ...seg, dataset }).segments[0]?.frames ?? [];
    expect([...(frame?.data ?? [])].flatMap((pixel, at) => (pixel ? [at] : []))).toEqual(shown);
  });
});

test('a frame’s own functional groups go before the shared ones', () => {
  const seg = parsePart10(encodeSeg(exampleInput(exampleLoop(2), [[0, PIXELS]])));
  const shared = { SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 9 }] };
  const dataset = { ...seg.dataset, ...datasetOf({ SharedFunctionalGroupsSequence: [shared] }) };
  expect(decodeSeg({ ...seg, dataset }).segments[0]?.frames).toHaveLength(2);
});

describe('what is no readable binary SEG', () => {
  const seg = parsePart10(encodeSeg(exampleInput(exampleLoop(3), [[0, PIXELS, 2 * PIXELS]])));
  test.each([
    ['of 32 bits', { dataset: { ...seg.dataset, ...datasetOf({ BitsAllocated: 32 }) } }, 'PIXELS_UNSUPPORTED'],
    ['in several fragments', { pixelData: [new Uint8Array(1), new Uint8Array(1)] }, 'PIXELS_UNSUPPORTED'],
    ['cut short', { pixelData: [new Uint8Array(2)] }, 'DICOM_MALFORMED'],
    ['without rows', { dataset: { ...seg.dataset, ...datasetOf({ Rows: [] }) } }, 'DICOM_MISSING'],
  ])('%s', (_, change, code) => {
    expect(() => decodeSeg({ ...seg, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
