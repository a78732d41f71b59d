import { describe, expect, test } from 'vitest';
import { claimedInstance } from './claimed-instance.ts';
import { sampleInstance } from './contract.ts';

const { file, instance } = sampleInstance('claimed');
const cut = file.subarray(0, file.length - 20);

describe('a file whose data set is broken', () => {
  test.each([
    ['with preamble', cut],
    ['without', cut.subarray(132)],
  ])('is told of by its file meta information, %s', (_, bytes) => {
    expect(claimedInstance(bytes)).toBe(instance);
  });

  test.each([
    ['no DICOM', Buffer.from('not a DICOM file at all, and long enough'), 'NOT_DICOM'],
    ['a file that ends in its file meta information', file.subarray(0, 150), 'DICOM_MALFORMED'],
  ])('cannot be told of where it is %s', (_, bytes, code) => {
    expect(() => claimedInstance(bytes)).toThrow(expect.objectContaining({ code }));
  });
});
