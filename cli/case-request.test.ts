import { describe, expect, test } from 'vitest';
import { readAttributes } from './case-request.ts';

describe('the file of attributes', () => {
  test.each([
    ['an object', '{"family": "chest-xray"}', 'chest-xray'],
    ['an array, of which the first counts', '[{"family": "chest-xray"}, {"family": "polyp"}]', 'chest-xray'],
    ['an object behind a byte order mark', '\uFEFF{"family": "chest-xray"}', 'chest-xray'],
    ['nothing', ' \n', undefined],
  ])('may be %s', (_, words, family) => {
    expect(readAttributes(words, 'a.json').family).toBe(family);
  });

  test.each([
    ['no JSON', '{', /a\.json is not JSON/],
    ['no object', '"x"', /a\.json is no object of attributes/],
  ])('is refused where it is %s', (_, words, message) => {
    expect(() => readAttributes(words, 'a.json')).toThrow(message);
  });
});
