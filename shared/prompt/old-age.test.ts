import { describe, expect, test } from 'vitest';
import { attribute } from './attributes.ts';
import { toldText, toldValue } from './old-age.ts';

const age = (years: number) => attribute('age', years, 'metadata', 'PatientAge');

describe('an age over 89 is not told', () => {
  test.each([
    [89, 'heart of a eighty-nine-year-old male.', 'heart of a eighty-nine-year-old male.'],
    [90, 'heart of a ninety-year-old male.', 'heart of an over 89-year-old male.'],
    [102, 'Heart of a One hundred and two-year-old male.', 'Heart of an over 89-year-old male.'],
    [91, 'A 91-year-old male. An 91-year-old.', 'An over 89-year-old male. An over 89-year-old.'],
    [95, 'vena cava 95 years, banana 95', 'vena cava over 89 years, banana over 89'],
    [102, 'heart, 102 years, 1024 pixels', 'heart, over 89 years, 1024 pixels'],
    [95, 'heart of a ninety-five-year-old patient', 'heart of an over 89-year-old patient'],
  ])('%i: %s', (years, text, told) => {
    expect(toldText({ text, attributes: [attribute('number', 2, 'metadata', 'x'), age(years)] })).toBe(told);
  });

  test('but no other number, nor an age that nobody is known to have', () => {
    const number = attribute('number', 102, 'first-pass mask', 'mask');
    expect(toldText({ text: '102 polyps', attributes: [number] })).toBe('102 polyps');
    expect([age(89), age(90), age(102), number].map(toldValue)).toEqual(['89', 'over 89', 'over 89', '102']);
  });
});
