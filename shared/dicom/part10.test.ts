import { describe, expect, test } from 'vitest';
import { type KeywordValues, writePart10 } from './part10.ts';
import { parsePart10 } from './read-part10.ts';

const identifiers: KeywordValues = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
  SOPInstanceUID: '2.25.1',
  StudyInstanceUID: '2.25.2',
  SeriesInstanceUID: '2.25.3',
};

/** VR as it stands in the file after a tag in explicit VR little endian. */
function vrInFile(bytes: Uint8Array, group: number, element: number): string | undefined {
  const at = Buffer.from(bytes).indexOf(Buffer.from([group & 255, group >> 8, element & 255, element >> 8]), 132);
  return at < 0 ? undefined : Buffer.from(bytes.subarray(at + 4, at + 6)).toString('latin1');
}

describe('VRs that PS3.6 leaves open', () => {
  const cases = [
    { bits: 1, representation: 0, pixelData: 'OB', short: 'US' },
    { bits: 8, representation: 0, pixelData: 'OB', short: 'US' },
    { bits: 16, representation: 0, pixelData: 'OW', short: 'US' },
    { bits: 16, representation: 1, pixelData: 'OW', short: 'SS' },
  ] as const;
  test.each(cases)('$bits bits, representation $representation: $pixelData and $short', (one) => {
    const bytes = writePart10({
      ...identifiers,
      BitsAllocated: one.bits,
      PixelRepresentation: one.representation,
      SmallestImagePixelValue: 3,
      PixelData: Uint8Array.of(1, 2, 3, 4),
    });
    expect(vrInFile(bytes, 0x7fe0, 0x0010)).toBe(one.pixelData);
    expect(vrInFile(bytes, 0x0028, 0x0106)).toBe(one.short);
    expect(parsePart10(bytes).pixelData).toEqual([Uint8Array.of(1, 2, 3, 4)]);
  });

  test('inside a sequence the pixel description of the whole object decides', () => {
    const item = { RealWorldValueFirstValueMapped: 1, RealWorldValueLastValueMapped: 2 };
    const bytes = writePart10({ ...identifiers, PixelRepresentation: 1, RealWorldValueMappingSequence: [item] });
    expect(vrInFile(bytes, 0x0040, 0x9216)).toBe('SS');
  });
});
