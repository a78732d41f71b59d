import { MaskwrightError } from '@maskwright/errors';

/** One part of a multipart/related body (RFC 2387, PS3.18 section 8.6.1.2). Header names are lower case. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const LINE_BREAK = '\r\n';

/**
 * Parts of a whole multipart body.
 * @throws MaskwrightError DICOM_MALFORMED where the boundary, a header or the closing delimiter is missing
 */
export function parseMultipart(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  if (at < 0) throw malformed('it does not hold its boundary');
  while (true) {
    const start = at + delimiter.length;
    if (body.subarray(start, start + 2).toString('latin1') === '--') return parts;
    const next = body.indexOf(Buffer.concat([Buffer.from(LINE_BREAK), delimiter]), start);
    if (next < 0) throw malformed('it ends before its closing delimiter');
    parts.push(parsePart(body.subarray(start, next)));
    at = next + LINE_BREAK.length;
  }
}

function parsePart(bytes: Buffer): Part {
  const separator = `${LINE_BREAK}${LINE_BREAK}`;
  const end = bytes.indexOf(separator);
  if (end < 0) throw malformed('a part has no end of headers');
  const lines = bytes.subarray(0, end).toString('latin1').split(LINE_BREAK).filter(Boolean);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { headers: Object.fromEntries(headers), body: bytes.subarray(end + separator.length) };
}

export function writePart(boundary: string, contentType: string, body: Uint8Array): Buffer {
  const head = `--${boundary}${LINE_BREAK}Content-Type: ${contentType}${LINE_BREAK}Content-Length: ${body.length}`;
  return Buffer.concat([Buffer.from(`${head}${LINE_BREAK}${LINE_BREAK}`), body, Buffer.from(LINE_BREAK)]);
}
export function writeEnd(boundary: string): Buffer {
  return Buffer.from(`--${boundary}--${LINE_BREAK}`);
}

/** The boundary of a Content-Type, quoted or not. @throws MaskwrightError DICOM_MALFORMED */
export function boundaryOf(contentType: string | undefined): string {
  const found = /boundary="?([^";,]+)"?/i.exec(contentType ?? '')?.[1];
  if (!contentType?.toLowerCase().startsWith('multipart/related') || !found)
    throw malformed('its Content-Type has no boundary');
  return found;
}

function malformed(what: string): MaskwrightError {
  return new MaskwrightError('DICOM_MALFORMED', `multipart body: ${what}`);
}
