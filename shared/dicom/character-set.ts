/**
 * Text of DICOM (PS3.5 section 6.1, PS3.3 C.12.1.1.2): single-byte and multi-byte character sets, with code extensions
 * by ISO 2022 escape sequences.
 */
export interface CharacterSet {
  decode(bytes: Uint8Array): string;
  /** Defined terms that are not in the standard's table; their text is read as Latin-1. */
  readonly unknown: readonly string[];
  /** The default repertoire, which has seven bits; what has eight is read as Latin-1. */
  readonly isDefault: boolean;
}

const LABELS: Readonly<Record<string, string>> = {
  '': 'iso-8859-1',
  'ISO_IR 6': 'iso-8859-1',
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  'ISO_IR 58': 'gb18030',
  'ISO_IR 87': 'iso-8859-1',
  'ISO_IR 159': 'iso-8859-1',
  'ISO_IR 149': 'euc-kr',
  GB18030: 'gb18030',
  GBK: 'gb18030',
};

/** Escape sequences (without ESC) and how the bytes after them are to be read. */
const ESCAPES: readonly (readonly [string, Part])[] = [
  ['(B', { label: 'iso-8859-1', wide: false }],
  ['(J', { label: 'shift_jis', wide: false }],
  [')I', { label: 'shift_jis', wide: false }],
  ['$B', { label: 'euc-jp', wide: true }],
  ['$@', { label: 'euc-jp', wide: true }],
  ['$(D', { label: 'euc-jp', wide: true, prefix: 0x8f }],
  ['$)C', { label: 'euc-kr', wide: false }],
  ['$)A', { label: 'gb18030', wide: false }],
  ['-A', { label: 'iso-8859-1', wide: false }],
  ['-B', { label: 'iso-8859-2', wide: false }],
  ['-C', { label: 'iso-8859-3', wide: false }],
  ['-D', { label: 'iso-8859-4', wide: false }],
  ['-L', { label: 'iso-8859-5', wide: false }],
  ['-G', { label: 'iso-8859-6', wide: false }],
  ['-F', { label: 'iso-8859-7', wide: false }],
  ['-H', { label: 'iso-8859-8', wide: false }],
  ['-M', { label: 'windows-1254', wide: false }],
  ['-T', { label: 'windows-874', wide: false }],
  ['-b', { label: 'iso-8859-15', wide: false }],
];
interface Part {
  readonly label: string;
  /** Two bytes a character, without the high bit. */
  readonly wide: boolean;
  readonly prefix?: number;
}
const ESC = 0x1b;

/** The character set of a data set from the values of SpecificCharacterSet. */
export function characterSet(terms: readonly string[]): CharacterSet {
  const names = terms.map((term) =>
    term
      .trim()
      .toUpperCase()
      .replace(/^ISO[ _-]?2022[ _-]IR[ _-]/, 'ISO_IR ')
      .replace(/^ISO[ _-]IR[ _-]?/, 'ISO_IR '),
  );
  const label = LABELS[names[0] ?? ''] ?? 'iso-8859-1';
  return {
    decode: (bytes) => (bytes.includes(ESC) ? decodeExtended(bytes, label) : decodePlain(bytes, label)),
    unknown: names.filter((name) => !(name in LABELS)),
    isDefault: names.every((name) => name === '' || name === 'ISO_IR 6'),
  };
}

function decodePlain(bytes: Uint8Array, label: string): string {
  const decoder = DECODERS.get(label) ?? new TextDecoder(label);
  DECODERS.set(label, decoder);
  return decoder.decode(bytes);
}
/** Making one takes longer than decoding a name, and a text may switch its character set with every word. */
const DECODERS = new Map<string, TextDecoder>();

function decodeExtended(bytes: Uint8Array, label: string): string {
  let text = '';
  let part: Part = { label, wide: false };
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at];
    // The initial state comes back at each delimiter (PS3.5 section 6.1.2.5.3).
    const reset = !part.wide && (byte === 0x5c || byte === 0x5e || byte === 0x3d || byte === 0x0a || byte === 0x0d);
    const sequence = byte === ESC ? escapeAt(bytes, at + 1) : undefined;
    if (!reset && !sequence) {
      at += 1;
      continue;
    }
    text += decodePart(bytes.subarray(start, at), part);
    if (sequence) {
      part = sequence[1];
      at += 1 + sequence[0].length;
      start = at;
    } else {
      part = { label, wide: false };
      start = at;
      at += 1;
    }
  }
  return text + decodePart(bytes.subarray(start), part);
}

function escapeAt(bytes: Uint8Array, at: number): readonly [string, Part] | undefined {
  const next = Buffer.from(bytes.subarray(at, at + 3)).toString('latin1');
  return ESCAPES.find(([sequence]) => next.startsWith(sequence));
}

function decodePart(bytes: Uint8Array, part: Part): string {
  if (!part.wide) return decodePlain(bytes, part.label);
  const pairs: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x21) {
      pairs.push(byte);
      at += 1;
    } else {
      if (part.prefix !== undefined) pairs.push(part.prefix);
      pairs.push(byte | 0x80, (bytes[at + 1] ?? 0) | 0x80);
      at += 2;
    }
  }
  return decodePlain(Uint8Array.from(pairs), part.label);
}
