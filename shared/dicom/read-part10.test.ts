import { MaskwrightError } from '@maskwright/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyElements } from './copy-elements.ts';
import { text } from './dataset.ts';
import { type Encapsulation, fragmentsOfFrames } from './encapsulated.ts';
import { type KeywordValues, writePart10 } from './part10.ts';
import { parsePart10 } from './read-part10.ts';

const values: KeywordValues = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
  SOPInstanceUID: '2.25.1',
  StudyInstanceUID: '2.25.2',
  SeriesInstanceUID: '2.25.3',
  StudyDescription: 'Thorax',
  ProcedureCodeSequence: [{ CodeValue: 'a', CodingSchemeDesignator: '99X', CodeMeaning: 'Zähler' }],
};
const file = writePart10(values);

/** A file in the given character set: its bytes replace a placeholder of the same length. */
function withName(terms: string, name: readonly number[]): Uint8Array {
  const placeholder = 'N'.repeat(name.length + (name.length % 2));
  const bytes = Buffer.from(writePart10({ ...values, PatientName: placeholder, ProcedureCodeSequence: [] }));
  const bare = bytes.indexOf(Buffer.from('ISO_IR 192'));
  const element = Buffer.from(terms.length % 2 ? `${terms} ` : terms, 'latin1');
  const head = Buffer.from(bytes.subarray(0, bare));
  head.writeUInt16LE(element.length, bare - 2);
  const file = Buffer.concat([head, element, bytes.subarray(bare + 10)]);
  const at = file.indexOf(placeholder);
  file.fill(0x20, at, at + placeholder.length);
  file.set(name, at);
  return file;
}
const codes = (latin1: string): number[] => [...Buffer.from(latin1, 'latin1')];

describe('names survive reading and writing in UTF-8', () => {
  const cases = [
    { terms: 'ISO_IR 100', bytes: codes('Buc^J\xe9r\xf4me'), name: 'Buc^Jérôme' },
    { terms: 'ISO_IR 192', bytes: [...Buffer.from('Wang^XiaoDong=王^小东')], name: 'Wang^XiaoDong=王^小东' },
    { terms: 'ISO_IR 144', bytes: codes('\xbb\xee\xda'), name: 'Люк' },
    {
      terms: '\\ISO 2022 IR 87',
      bytes: codes('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B'),
      name: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    },
    {
      terms: '\\ISO 2022 IR 149',
      bytes: codes('Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7'),
      name: 'Hong^Gildong=洪^吉洞',
    },
  ];
  test.each(cases)('$terms', ({ terms, bytes, name }) => {
    const read = parsePart10(withName(terms, bytes));
    const copied = copyElements(read.dataset, ['PatientName']);
    expect(copied.PatientName).toEqual([name]);
    const again = parsePart10(writePart10({ ...values, ...copied })).dataset;
    expect(text(again, 'SpecificCharacterSet')).toBe('ISO_IR 192');
    expect(copyElements(again, ['PatientName'])).toEqual(copied);
  });
});

test('sequences are copied whole', () => {
  expect(copyElements(parsePart10(file).dataset, ['ProcedureCodeSequence', 'PatientID'])).toEqual({
    ProcedureCodeSequence: [{ CodeValue: ['a'], CodingSchemeDesignator: ['99X'], CodeMeaning: ['Zähler'] }],
  });
});

test('a file cut off anywhere is read or refused by name', () => {
  for (let length = 0; length < file.length; length += 1) attempt(file.subarray(0, length));
});

test('a file with any bytes changed is read or refused by name', () => {
  const change = fc.tuple(fc.integer({ min: 132, max: file.length - 1 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const changed = Uint8Array.from(file);
      for (const [at, byte] of changes) changed[at] = byte;
      attempt(changed);
    }),
    { numRuns: 2000 },
  );
});

function attempt(bytes: Uint8Array): void {
  try {
    parsePart10(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MaskwrightError);
  }
}

/** Elements of one more file, each of explicit VR with a long length. */
function followedBy(...elements: readonly (readonly [string, string, Uint8Array])[]): Uint8Array {
  const heads = elements.map(([tag, vr, value]) => {
    const head = Buffer.alloc(12);
    head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
    head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
    head.write(vr, 4);
    head.writeUInt32LE(value.length, 8);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat([file, ...heads]);
}

describe('tables of offsets', () => {
  const data = [6, 4, 2].map((length) => ({ length, head: Uint8Array.of(0, 0) }));
  const basic = new Uint8Array(Uint32Array.of(0, 14, 26).buffer);
  test.each<[string, Uint8Array, Partial<Encapsulation>, RegExp[]]>([
    ['that fit', basic, {}, []],
    ['that are none', new Uint8Array(), {}, []],
    ['with an offset that begins no fragment', new Uint8Array(Uint32Array.of(0, 13, 26).buffer), {}, [/^offset table/]],
    ['that are extended', new Uint8Array(), { extendedOffsets: [0, 14, 26], extendedLengths: [5, 4, 2] }, []],
    ['that are extended and past the end', new Uint8Array(), { extendedOffsets: [0, 14, 2 ** 40] }, [/^offset table/]],
    ['that are extended and too short', new Uint8Array(), { extendedOffsets: [0, 14] }, [/^offset table/]],
    [
      'with other lengths',
      new Uint8Array(),
      { extendedOffsets: [0, 14, 26], extendedLengths: [1, 2 ** 40, 2] },
      [/^lengths of the extended offset table/],
    ],
  ])('%s', (_, table, extended, remarks) => {
    const odd: string[] = [];
    expect(fragmentsOfFrames(table, data, { frames: 3, ...extended }, (oddity) => odd.push(oddity))).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(odd).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
  });
});

describe('a sequence of unknown VR', () => {
  const implicit = Buffer.from('0800000104000000'.concat(Buffer.from('abcd').toString('hex')), 'hex');
  const explicit = Buffer.from(
    '08000001'.concat(Buffer.from('SH').toString('hex'), '0400', Buffer.from('abcd').toString('hex')),
    'hex',
  );
  const item = (elements: Buffer) => Buffer.concat([Buffer.from('feff00e00c000000', 'hex'), elements]);
  const open = (elements: Buffer) =>
    Buffer.concat([
      file,
      Buffer.from('32006410554e0000ffffffff', 'hex'),
      item(elements),
      Buffer.from('feffdde000000000', 'hex'),
    ]);
  const remark = 'a sequence of unknown VR is in explicit VR';
  test.each<[string, Buffer, string[] | undefined]>([
    ['is in implicit VR', open(implicit), undefined],
    ['is also read where it is in explicit VR', open(explicit), [remark]],
    ['of known length too', Buffer.from(followedBy(['00321064', 'UN', item(explicit)])), [remark]],
  ])('%s', (_, bytes, oddities) => {
    const read = parsePart10(bytes);
    expect(read.oddities).toEqual(oddities);
    expect(copyElements(read.dataset, ['RequestedProcedureCodeSequence'])).toEqual({
      RequestedProcedureCodeSequence: [{ CodeValue: ['abcd'] }],
    });
  });
});

test('oddities do not grow without end', () => {
  const unknown = Array.from({ length: 500 }, (_, at): [string, string, Uint8Array] => [
    `0029${(0x1000 + at).toString(16)}`,
    'ZZ',
    Buffer.alloc(2),
  ]);
  const oddities = parsePart10(followedBy(...unknown)).oddities ?? [];
  expect(oddities).toHaveLength(51);
  expect(oddities.at(-1)).toBe('and more oddities');
});

test.each<[string, Uint8Array, RegExp]>([
  ['values', followedBy(['00321032', 'UN', Buffer.alloc(2_000_000, '=\\')]), /too many values/],
  [
    'items',
    followedBy(['00321064', 'SQ', Buffer.alloc(8_000_008, Buffer.from('feff00e000000000', 'hex'))]),
    /too many items/,
  ],
])('more %s than any file has are refused before they are in memory', (_, bytes, message) => {
  expect(() => parsePart10(bytes)).toThrow(
    expect.objectContaining({ code: 'DICOM_MALFORMED', message: expect.stringMatching(message) }),
  );
});

test('a text that switches its character set with every word is read in no time', () => {
  const words = Buffer.from('\x1b$B;3\x1b(B'.repeat(200_000), 'latin1');
  const before = process.cpuUsage().user;
  const { dataset } = parsePart10(followedBy(['00321032', 'UN', words]));
  expect(text(dataset, 'RequestingPhysician')).toBe('山'.repeat(200_000));
  expect(process.cpuUsage().user - before).toBeLessThan(2_000_000);
});

test.each<[string, Uint8Array, RegExp]>([
  [
    'two kinds of pixel data',
    followedBy(['7FE00008', 'OF', Buffer.alloc(8)], ['7FE00010', 'OW', Buffer.alloc(8)]),
    /PixelData .* beside FloatPixelData/,
  ],
  [
    'two values of a UID',
    writePart10({ ...values, SeriesInstanceUID: ['2.25.3', '2.25.4'] }),
    /invalid UID: SeriesInstanceUID has 2 values/,
  ],
])('%s are refused: which one counts is not said', (_, bytes, message) => {
  expect(() => parsePart10(bytes)).toThrow(
    expect.objectContaining({ code: 'DICOM_MALFORMED', message: expect.stringMatching(message) }),
  );
});

describe('what is odd about a file and can be read', () => {
  const at = (marker: string): number => Buffer.from(file).indexOf(marker, 0, 'latin1');
  function changed(change: (bytes: Buffer) => void): string {
    const bytes = Buffer.from(file);
    change(bytes);
    return (parsePart10(bytes).oddities ?? []).join();
  }
  test('nothing, of a file that we wrote, also with zeros behind it', () => {
    expect(parsePart10(file).oddities).toBeUndefined();
    expect(parsePart10(Buffer.concat([file, Buffer.alloc(100)])).oddities).toBeUndefined();
  });
  test('another SOP instance in the file meta information', () => {
    expect(changed((bytes) => bytes.write('2.25.9', at('2.25.1')))).toMatch(/MediaStorageSOPInstanceUID differs/);
  });
  test('a transfer syntax that the data set is not in', () => {
    expect(changed((bytes) => bytes.write('1.2.840.10008.1.2\0\0', at('1.2.840.10008.1.2.1'), 'latin1'))).toMatch(
      /not in the transfer syntax that is said/,
    );
  });
  test.each([
    ['ISO_IR 999', 'character set ISO_IR 999 is not known'],
    ['DOE^JANE', 'a character set is none of the defined terms'],
    ['ISO_IR 7 DOE^JANE', 'a character set is none of the defined terms'],
  ])('a character set that is none, quoted where it is a term: %s', (terms, oddity) => {
    expect(parsePart10(withName(terms, codes('Buc'))).oddities).toEqual([oddity]);
  });
  test.each([
    ['nothing', '', 1],
    ['the default repertoire', 'ISO_IR 6', 1],
    ['Latin-1', 'ISO_IR 100', 0],
    ['Korean, by code extension', '\\ISO 2022 IR 149', 0],
  ])('bytes above 127 where SpecificCharacterSet says %s', (_, terms, remarks) => {
    const { dataset, oddities = [] } = parsePart10(withName(terms, codes('Buc^J\xe9r\xf4me^\xe9')));
    expect(oddities.filter((oddity) => /bytes above 127/.test(oddity))).toHaveLength(remarks);
    expect(oddities.join()).not.toContain('Buc');
    if (remarks > 0) expect(text(dataset, 'PatientName')).toBe('Buc^Jérôme^é');
  });
  const open = Buffer.from('29000010'.concat('4f42', '0000', 'ffffffff'), 'hex');
  const fragments = Buffer.from('feff00e000000000'.concat('feff00e00400000001020304', 'feffdde000000000'), 'hex');
  const inFragments = Buffer.concat([file, open, fragments]);
  test.each<[string, Uint8Array, RegExp]>([
    [
      'pixel data twice',
      followedBy(['7FE00010', 'OW', Buffer.alloc(8)], ['7FE00010', 'OW', Buffer.alloc(8, 1)]),
      /^element repeated: PixelData/,
    ],
    ['a private element in fragments', inFragments, /^00291000 is in fragments and was passed over$/],
    ['pixel data that are said to be text', followedBy(['7FE00010', 'UT', Buffer.alloc(8)]), /has VR UT instead of OW/],
    [
      'a delimiter with a length',
      followedBy(['00321064', 'SQ', Buffer.from('feffdde004000000', 'hex')]),
      /^a delimiter with a length$/,
    ],
  ])('%s', (_, bytes, oddity) => {
    expect(parsePart10(bytes).oddities).toEqual([expect.stringMatching(oddity)]);
  });
  test('a value representation of another kind', () => {
    expect(changed((bytes) => bytes.write('UL', at('LO\u0006\0Thorax'), 'latin1'))).toMatch(
      /StudyDescription \(00081030\) has VR UL instead of LO/,
    );
  });
});
