import { parsePart10 } from '@maskwright/dicom';

/** A copy with another SOPInstanceUID. */
export function withOtherUid(image: Uint8Array): Buffer {
  const file = Buffer.from(image);
  const { sopInstanceUID } = parsePart10(image);
  const digit = sopInstanceUID.endsWith('9') ? '8' : '9';
  const other = `${sopInstanceUID.slice(0, -1)}${digit}`;
  for (let at = file.indexOf(sopInstanceUID); at >= 0; at = file.indexOf(sopInstanceUID, at + 1)) file.write(other, at);
  return file;
}
