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
test('reads conditions, which name no place', () => {
  expect(parseTemplate('[age<18? of a child|sex=female? of a woman]{class}')).toMatchObject({
    names: ['class'],
    parts: [
      {
        kind: 'choice',
        choices: [
          { condition: { name: 'age', operator: '<', value: '18' }, parts: [{ words: ' of a child' }] },
          { condition: { name: 'sex', operator: '=', value: 'female' }, parts: [{ words: ' of a woman' }] },
        ],
      },
      { kind: 'attribute', name: 'class' },
    ],
  });
});
test.each([
  ['[age<old? x]', 'old is not a number'],
  ['[a', 'a [ is not closed'],
  ['a]', 'unexpected ]'],
  ['a|b', 'unexpected |'],
  ['{Class}', 'expected {attribute}'],
  ['{class:loud}', 'no filter loud'],
])('refuses %s', (source, message) => {
  expect(() => parseTemplate(source)).toThrow(message);
});
