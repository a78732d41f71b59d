import { expect, test } from 'vitest';
import { boundaryOf } from './multipart.ts';

test.each([
  ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
  ['multipart/related; boundary="a b"; type="application/dicom"', 'a b'],
])('the boundary of %s', (contentType, boundary) => expect(boundaryOf(contentType)).toBe(boundary));

test.each(['application/dicom', 'multipart/related', undefined])('%s has no boundary', (contentType) => {
  expect(() => boundaryOf(contentType)).toThrow(expect.objectContaining({ code: 'DICOM_MALFORMED' }));
});
