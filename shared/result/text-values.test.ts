import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeItem, decimal, fit, moment } from './text-values.ts';

describe('text of a value representation', () => {
  test.each([
    ['what fits stays', 'left lung', 'left lung'],
    ['a backslash would begin another value', 'T1\\T2', 'T1/T2'],
    ['control characters are spaces', 'one\r\ntwo', 'one two'],
    ['what is cut is marked', 'x'.repeat(65), `${'x'.repeat(61)}...`],
    ['bytes count', 'ö'.repeat(40), `${'ö'.repeat(30)}...`],
  ])('%s', (_, text, expected) => {
    expect(fit(text, 'LO')).toBe(expected);
  });
  test('paragraphs keep their lines', () => {
    expect(fit('one\ntwo\u0000', 'LT')).toBe('one\ntwo');
  });
  test('nothing is longer than it may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => Buffer.byteLength(fit(text, 'SH')) <= 16),
    );
  });
});

describe('decimal strings', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [0.1, '0.1'],
    [-0.000123456789012345, '-0.0001234567890'],
    [1 / 3, '0.33333333333333'],
    [-123.45678901234567, '-123.456789012346'],
    [1e-7, '1e-7'],
  ])('%d', (value, expected) => {
    expect(decimal(value).length).toBeLessThanOrEqual(16);
    expect(Number(decimal(value))).toBeCloseTo(Number(expected), 10);
  });
  test('every number fits and is nearly itself', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const written = decimal(value);
        expect(written.length).toBeLessThanOrEqual(16);
        expect(Math.abs(Number(written) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-7);
      }),
    );
  });
  test('what is no number is refused', () => {
    expect(() => decimal(Number.NaN)).toThrow(TypeError);
  });
});

describe('codes', () => {
  test.each([
    ['39607008', 'CodeValue'],
    ['12345678901234567', 'LongCodeValue'],
    ['urn:oid:1.2.3', 'URNCodeValue'],
  ])('%s is a %s', (value, keyword) => {
    expect(codeItem({ value, scheme: 'SCT', meaning: 'Lung' })).toEqual({
      [keyword]: value,
      CodingSchemeDesignator: 'SCT',
      CodeMeaning: 'Lung',
    });
  });
});

describe('moments', () => {
  const at = new Date('2026-01-01T23:30:15Z');
  test.each([
    [undefined, '20260101', '233015'],
    ['+0530', '20260102', '050015'],
    ['-0800', '20260101', '153015'],
  ])('with offset %s', (offset, date, time) => {
    expect(moment(at, offset)).toEqual({ date, time });
  });
});
