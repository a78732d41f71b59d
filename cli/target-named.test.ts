import type { Target } from '@maskwright/catalogue';
import { expect, test } from 'vitest';
import { isNamed } from './target-named.ts';

const target = (name: string, label: string): Target => ({
  name,
  label,
  category: { value: '1', scheme: 'SCT', meaning: 'x' },
  type: { value: '1', scheme: 'SCT', meaning: 'x' },
  color: [1, 2, 3],
});

test.each([
  ['its name', 'polyp', 'Polyp', 'polyp', true],
  ['its name with capitals and dashes', 'Polyp_large', 'A large polyp', 'Polyp_large', true],
  ['its name of two words', 'Left Lung', 'Lung on the left', 'Left Lung', true],
  ['its name with a dash', 't1-lesion', 'Lesion', 't1-lesion', true],
  ['its name as a file has it', 'left lung', 'Lung', 'Left_Lung', true],
  ['its label', 'heart', 'Heart-shadow', 'Heart-shadow', true],
  ['its label in other letters', 'heart', 'Heart-shadow', 'HEART SHADOW', true],
  ['other words', 'left lung', 'Left lung', 'lung', false],
  ['no words', 'polyp', 'Polyp', '', false],
])('a target is named by %s', (_, name, label, words, named) => {
  expect(isNamed(target(name, label), words)).toBe(named);
});
