import { parsePart10 } from '@maskwright/dicom';

/** The same radiograph as a second image of its series, whose header calls it a lateral view. */
export function lateralOf(radiograph: Uint8Array): Uint8Array {
  const file = withOtherUid(radiograph);
  const view = file.indexOf('\x18\x00\x01\x51CS\x02\x00PA', 0, 'latin1');
  if (view < 0) throw new Error('the radiograph states no view');
  file.write('LL', view + 8);
  return file;
}

/** A copy with another SOPInstanceUID. */
export function withOtherUid(image: Uint8Array): Buffer {
  const file = Buffer.from(image);
  const { sopInstanceUID } = parsePart10(image);
  const digit = sopInstanceUID.endsWith('9') ? '8' : '9';
  const other = `${sopInstanceUID.slice(0, -1)}${digit}`;
  for (let at = file.indexOf(sopInstanceUID); at >= 0; at = file.indexOf(sopInstanceUID, at + 1)) file.write(other, at);
  return file;
}
