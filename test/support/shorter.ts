import { parsePart10 } from '@maskwright/dicom';
import { withOtherUid } from './other-uid.ts';

/** An uncompressed image without its last sixteen rows, as a second image of its series. */
export function shorterOf(image: Uint8Array): Uint8Array {
  const file = withOtherUid(image);
  const at = file.indexOf('\x28\x00\x10\x00US\x02\x00', 0, 'latin1') + 8;
  const rows = file.readUInt16LE(at);
  const pixels = file.lastIndexOf('\xe0\x7f\x10\x00', file.length, 'latin1') + 8;
  const length = (file.readUInt32LE(pixels) / rows) * (rows - 16);
  file.writeUInt16LE(rows - 16, at);
  file.writeUInt32LE(length, pixels);
  const shorter = file.subarray(0, pixels + 4 + length);
  if (parsePart10(shorter).pixelData?.[0]?.length !== length)
    throw new Error('the pixels are not where they were thought');
  return shorter;
}
