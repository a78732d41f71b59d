import { parsePart10, readFileHead } from '@maskwright/dicom';

/** A Part 10 file in its two halves: what goes over the wire of DIMSE is the second one. */
export interface Halves {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly dataset: Buffer;
}

/** @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING */
export function halvesOf(file: Uint8Array): Halves {
  const { sopClassUID, sopInstanceUID, transferSyntaxUID } = parsePart10(file);
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  return { sopClassUID, sopInstanceUID, transferSyntaxUID, dataset: bytes.subarray(readFileHead(file).start) };
}

/** The file of a data set that came by DIMSE (PS3.10 section 7.1). */
export function part10Of({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataset }: Halves): Uint8Array {
  const meta = Buffer.concat([
    element(0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 'UI', uid(sopClassUID)),
    element(0x0003, 'UI', uid(sopInstanceUID)),
    element(0x0010, 'UI', uid(transferSyntaxUID)),
    element(0x0012, 'UI', uid(IMPLEMENTATION)),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0, 'UL', length), meta, dataset]);
}

/** Of the receiver that has made the file; derived from a UUID (PS3.5 annex B.2). */
const IMPLEMENTATION = '2.25.270695996825855179949881587723571202391';

function uid(value: string): Buffer {
  return Buffer.from(value.length % 2 ? `${value}\0` : value, 'latin1');
}

function element(number: number, vr: 'OB' | 'UI' | 'UL', value: Buffer): Buffer {
  const head = Buffer.alloc(vr === 'OB' ? 12 : 8);
  head.writeUInt16LE(2, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (vr === 'OB') head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}
