import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, parseCsv } from './csv.ts';

describe('CSV', () => {
  test.each<[string, string, string[][]]>([
    [
      'plain cells',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'Windows line ends and a byte order mark',
      '\uFEFFa,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'no line end at the end',
      'a,b\n1,',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    ['quoted commas, quotes and line breaks', '"a,b","say ""x""","1\n2"\n', [['a,b', 'say "x"', '1\n2']]],
    ['empty lines', 'a\n\n\nb\n', [['a'], ['b']]],
    ['empty cells', ',,x\n', [['', '', 'x']]],
  ])('%s', (_, text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  test('a quote inside a plain cell is named with its line', () => {
    expect(() => parseCsv('a,b\n1,x"y\n')).toThrow(/line 2/);
  });

  test('what was written is read again', () => {
    const cell = fc.string().filter((text) => text.trim() === text && text !== '' && !text.startsWith('\uFEFF'));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 }), (rows) => {
        expect(parseCsv(rows.map(csvLine).join('\n'))).toEqual(rows);
      }),
    );
  });
});
