import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { halvesOf, part10Of } from './part10-bytes.ts';

const DEFLATED = '1.2.840.10008.1.2.1.99';
const { file, instance } = sampleInstance('halves');
const whole = halvesOf(file);
const deflated = { ...whole, transferSyntaxUID: DEFLATED, dataset: deflateRawSync(whole.dataset) };

describe('of a file goes over the wire', () => {
  test.each([
    ['the data set behind preamble and file meta information', part10Of(whole), whole],
    ['the data set of a file without preamble', part10Of(whole).subarray(132), whole],
    ['a file that is nothing but a data set', whole.dataset, whole],
    ['a deflated data set as it is', part10Of(deflated), deflated],
  ])('%s', (_, bytes, halves) => {
    expect(halvesOf(bytes)).toEqual({ ...halves, sopInstanceUID: instance });
  });
});
