import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeywordValues, writePart10 } from './part10.ts';

const identifiers: KeywordValues = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  SOPInstanceUID: '2.25.1',
  StudyInstanceUID: '2.25.2',
  SeriesInstanceUID: '2.25.3',
};
function byDcmjs(groups: readonly KeywordValues[], root = identifiers): Uint8Array {
  return writePart10({ ...root, PerFrameFunctionalGroupsSequence: groups });
}
function byOurs(groups: readonly KeywordValues[], root = identifiers): Uint8Array {
  return writePart10(root, { perFrameGroups: groups });
}

/** Text as it stands in groups, also such that UTF-8 makes longer and such that is of odd length. */
const words = fc.stringMatching(/^[A-Za-zäß肝 0-9._-]{0,20}$/);
const numbers = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 3 });
const leaf = {
  SegmentLabel: words,
  CodeValue: words,
  ReferencedSOPInstanceUID: fc.stringMatching(/^[0-9.]{1,12}$/),
  ImagePositionPatient: fc.array(fc.integer().map(String), { minLength: 3, maxLength: 3 }),
  ReferencedFrameNumber: fc.oneof(
    fc.nat(),
    fc.array(fc.nat({ max: 999 }), { minLength: 2, maxLength: 3 }).map((list) => list.map(String)),
  ),
  DimensionIndexValues: numbers,
  ReferencedSegmentNumber: fc.integer({ min: 1, max: 0xffff }),
  RecommendedDisplayCIELabValue: numbers,
  NominalScannedPixelSpacing: fc.integer().map(String),
  SmallestImagePixelValue: fc.integer({ min: 0, max: 99 }),
  RealWorldValueSlope: fc.double({ noNaN: true }),
};
const { item } = fc.letrec<{ item: KeywordValues }>((tie) => ({
  item: fc.record(
    {
      ...leaf,
      FrameContentSequence: fc.array(tie('item'), { maxLength: 2 }),
      DerivationImageSequence: fc.array(tie('item'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
}));

describe('groups that are written by ours', () => {
  test('are byte for byte what dcmjs writes, whatever the order of their keywords', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 4 }), fc.constantFrom(0, 1), (groups, PixelRepresentation) => {
        const root = { ...identifiers, PixelRepresentation };
        expect(Buffer.compare(byOurs(groups, root), byDcmjs(groups, root))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('take a fraction of the time, which is why they are ours', () => {
    const groups = Array.from({ length: 400 }, (_, index) => exampleGroup(index + 1));
    // Both are warm when they are measured; of the processor, so that it does not matter who else is at work.
    const [ours, theirs] = [byOurs, byDcmjs].map((write) => {
      write(groups);
      const before = process.threadCpuUsage();
      for (let turn = 0; turn < 3; turn += 1) write(groups);
      return process.threadCpuUsage(before).user;
    });
    expect(theirs).toBeGreaterThan(3 * (ours ?? 0));
  });

  const frame = { FrameContentSequence: [{}] };
  test.each([
    ['bytes', [{ RedPaletteColorLookupTableData: Uint8Array.of(1, 2) }], {}, /OW is not written/],
    ['a text longer than its length can say', [{ SegmentLabel: 'x'.repeat(70_000) }], {}, /LO of 70000 bytes/],
    ['a text where a number belongs', [{ ReferencedSegmentNumber: 'one' }], {}, /US must be a number/],
    ['a number where items belong', [{ FrameContentSequence: 1 }], {}, /an item was expected/],
    ['what belongs behind them', [frame], { DigitalSignaturesSequence: [{}] }, /cannot stand before/],
    ['other groups', [frame], { PerFrameFunctionalGroupsSequence: [frame] }, /cannot stand before/],
  ])('with %s are a bug, said as such', (_, perFrameGroups: readonly KeywordValues[], more: KeywordValues, refusal) => {
    const write = (): Uint8Array => writePart10({ ...identifiers, ...more }, { perFrameGroups });
    expect(write).toThrow(refusal);
  });
});

function exampleGroup(frame: number): KeywordValues {
  const code = { CodeValue: '121322', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Source image' };
  return {
    DerivationImageSequence: [
      {
        SourceImageSequence: [
          {
            ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
            ReferencedSOPInstanceUID: `1.2.826.0.1.3680043.10.1.${frame}`,
            PurposeOfReferenceCodeSequence: [code],
          },
        ],
        DerivationCodeSequence: [code],
      },
    ],
    FrameContentSequence: [{ DimensionIndexValues: [1, frame] }],
    PlanePositionSequence: [{ ImagePositionPatient: ['-180', '-180', String(2 * frame)] }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
  };
}
