import { describe, expect, test } from 'vitest';
import { looksLikeDicom } from './dicom-files.ts';

describe('what looks like DICOM', () => {
  const preamble = (after: string) => [...new Uint8Array(128), ...Buffer.from(after)];
  test.each<[string, readonly number[], boolean]>([
    ['a Part 10 file', preamble('DICM\x02\0'), true],
    ['one that lost its preamble: File Meta Information first', [2, 0, 0, 0, 0x55, 0x4c], true],
    ['one that lost its preamble and File Meta Information', [8, 0, 5, 0, 0x43, 0x53], true],
    ['a preamble without the mark', preamble('DICOM'), false],
    ['a preamble cut in the mark', preamble('DI'), false],
    ['PNG', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10], false],
    ['JPEG', [0xff, 0xd8, 0xff, 0xe0], false],
    ['NIfTI', [0x5c, 1, 0, 0], false],
    ['compressed NIfTI', [0x1f, 0x8b, 8, 0], false],
    ['text', [...Buffer.from('study,image')], false],
    ['an empty file', [], false],
  ])('%s', (_, bytes, expected) => {
    expect(looksLikeDicom(Uint8Array.from(bytes))).toBe(expected);
  });
});
