import { withOtherUid } from './other-uid.ts';

/** The same radiograph as a second image of its series, whose header calls it a lateral view. */
export function lateralOf(radiograph: Uint8Array): Uint8Array {
  const file = withOtherUid(radiograph);
  const view = file.indexOf('\x18\x00\x01\x51CS\x02\x00PA', 0, 'latin1');
  if (view < 0) throw new Error('the radiograph states no view');
  file.write('LL', view + 8);
  return file;
}
