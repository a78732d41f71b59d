import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundaryOf, parseMultipart, writeEnd, writePart } from './multipart.ts';

describe('multipart/related', () => {
  test('parts come back byte for byte, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (bodies) => {
        const whole = Buffer.concat([
          ...bodies.map((body) => writePart('b0undary', 'application/dicom', body)),
          writeEnd('b0undary'),
        ]);
        const parts = parseMultipart(whole, 'b0undary');
        expect(parts.map(({ body }) => [...body])).toEqual(bodies.map((body) => [...body]));
      }),
    );
  });

  test('what only begins like the delimiter is content', () => {
    const body = '--b\r\nA: x\r\n\r\n1--b\r\n--bc\r\n--b \t\r\n\r\nno headers\r\n--b--epilogue';
    const parts = parseMultipart(Buffer.from(body), 'b').map((part) => [part.headers, String(part.body)]);
    expect(parts).toEqual([
      [{ a: 'x' }, '1--b\r\n--bc'],
      [{}, 'no headers'],
    ]);
  });

  test.each([
    ['no boundary at all', 'abc'],
    ['cut before its end', '--b\r\nContent-Type: x\r\n\r\nabc'],
    ['a part without headers', '--b\r\nabc\r\n--b--'],
  ])('%s is malformed', (_, body) => {
    expect(() => parseMultipart(Buffer.from(body), 'b')).toThrow(expect.objectContaining({ code: 'DICOM_MALFORMED' }));
  });

  test.each([
    ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
    ['multipart/related; boundary="a b"; type="application/dicom"', 'a b'],
  ])('%s', (contentType, boundary) => expect(boundaryOf(contentType)).toBe(boundary));
  test('another media type is refused', () => expect(() => boundaryOf('application/dicom')).toThrow());
});
