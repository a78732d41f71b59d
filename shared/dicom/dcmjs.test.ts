import dcmjs from 'dcmjs';
import { describe, expect, test } from 'vitest';
import { parsePart10, writePart10 } from './index.ts';

const plain = writePart10({
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
  SOPInstanceUID: '1.2.3.4',
  StudyInstanceUID: '1.2.3',
  SeriesInstanceUID: '1.2.3.1',
  PatientName: 'A^B',
  Rows: 2,
  Columns: 2,
  ImageComments: 'the last of all',
});

/** The same file, but its element says that it goes on for far longer than the file does. */
function withLengthPastEnd(): Uint8Array {
  const bytes = Buffer.from(plain);
  const comments = bytes.indexOf(Buffer.from([0x20, 0x00, 0x00, 0x40, 0x4c, 0x54]));
  bytes.writeUInt16LE(0xfff0, comments + 6);
  return bytes;
}

describe('dcmjs writes our files; reading is ours (docs/decisions/006)', () => {
  test('what dcmjs writes, both read alike', () => {
    const read = dcmjs.data.DicomMessage.readFile(Uint8Array.from(plain).buffer);
    expect(Object.keys(read.dict).sort()).toEqual(Object.keys(parsePart10(plain).dataset).sort());
  });

  test('a length past the end of the file: dcmjs reads on without a word, we refuse it', () => {
    const broken = withLengthPastEnd();
    expect(() => dcmjs.data.DicomMessage.readFile(Uint8Array.from(broken).buffer)).not.toThrow();
    expect(() => parsePart10(broken)).toThrow(expect.objectContaining({ code: 'DICOM_MALFORMED' }));
  });
});
