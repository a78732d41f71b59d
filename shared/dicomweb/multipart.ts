import { MaskwrightError } from '@maskwright/errors';

/** One part of a multipart/related body (RFC 2387, PS3.18 section 8.6.1.2). Header names are lower case. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const LINE_BREAK = '\r\n';

export function writePart(boundary: string, contentType: string, body: Uint8Array): Buffer {
  const head = `--${boundary}${LINE_BREAK}Content-Type: ${contentType}${LINE_BREAK}Content-Length: ${body.length}`;
  return Buffer.concat([Buffer.from(`${head}${LINE_BREAK}${LINE_BREAK}`), body, Buffer.from(LINE_BREAK)]);
}
export function writeEnd(boundary: string): Buffer {
  return Buffer.from(`--${boundary}--${LINE_BREAK}`);
}

/** The boundary of a Content-Type, quoted or not. @throws MaskwrightError DICOM_MALFORMED */
export function boundaryOf(contentType: string | undefined): string {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;,"]+))/i.exec(contentType ?? '') ?? [];
  const found = quoted ?? bare;
  if (!contentType?.toLowerCase().startsWith('multipart/related') || !found)
    throw new MaskwrightError('DICOM_MALFORMED', 'multipart body: its Content-Type has no boundary');
  return found;
}
