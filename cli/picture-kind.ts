/** By the signature (PNG, section 5.2), as far as what breaks files leaves it. */
export function isPng(bytes: Uint8Array): boolean {
  return beginsWith(bytes, [0x89, 0x50]);
}

/** By the start of the image and of its first segment (ITU-T T.81, annex B). */
export function isJpeg(bytes: Uint8Array): boolean {
  return beginsWith(bytes, [0xff, 0xd8, 0xff]);
}

function beginsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte);
}
