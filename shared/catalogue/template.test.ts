import { expect, test } from 'vitest';
import { parseTemplate } from './template.ts';

test('names each attribute once', () => {
  expect(parseTemplate('[{size} ]{class}[ at {location}| near {location}]').names).toEqual([
    'size',
    'class',
    'location',
  ]);
});
test('keeps spaces as they are written', () => {
  expect(parseTemplate(' a  b ').parts).toEqual([{ kind: 'words', words: ' a  b ' }]);
});
test.each([
  ['[a', 'a [ is not closed'],
  ['a]', 'unexpected ]'],
  ['a|b', 'unexpected |'],
  ['{Class}', 'expected {attribute}'],
  ['{class:loud}', 'no filter loud'],
])('refuses %s', (source, message) => {
  expect(() => parseTemplate(source)).toThrow(message);
});
