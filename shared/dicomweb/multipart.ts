import { MaskwrightError } from '@maskwright/errors';

/** One part of a multipart/related body (RFC 2387, PS3.18 section 8.6.1.2). Header names are lower case. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const LINE_BREAK = '\r\n';
const LONGEST_PADDING = 80;

/**
 * Parts of a whole multipart body.
 * @throws MaskwrightError DICOM_MALFORMED where the boundary, a header or the closing delimiter is missing
 */
export function parseMultipart(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let at = nextDelimiter(body, delimiter, 0);
  if (!at) throw malformed('it does not hold its boundary');
  while (!at.last) {
    const next = nextDelimiter(body, delimiter, at.end - LINE_BREAK.length);
    if (!next) throw malformed('it ends before its closing delimiter');
    parts.push(parsePart(body.subarray(at.end, next.start)));
    at = next;
  }
  return parts;
}

interface Delimiter {
  /** Where the bytes before it end, without the line break that belongs to it. */
  readonly start: number;
  /** Behind its own line break. */
  readonly end: number;
  readonly last: boolean;
}

/** RFC 2046 section 5.1.1: at the start of a line, then padding, then the line's end; or `--` where it is the last. */
function nextDelimiter(body: Buffer, delimiter: Buffer, from: number): Delimiter | undefined {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body.subarray(at - 2, at).toString('latin1') !== LINE_BREAK) continue;
    const end = at + delimiter.length;
    const start = Math.max(at - LINE_BREAK.length, 0);
    if (body.subarray(end, end + 2).toString('latin1') === '--') return { start, end: end + 2, last: true };
    const [padding] = /^[ \t]*\r\n/.exec(body.subarray(end, end + LONGEST_PADDING).toString('latin1')) ?? [];
    if (padding !== undefined) return { start, end: end + padding.length, last: false };
  }
  return undefined;
}

function parsePart(bytes: Buffer): Part {
  const separator = `${LINE_BREAK}${LINE_BREAK}`;
  // A part may have no headers at all: then its first line is empty.
  const bare = bytes.subarray(0, LINE_BREAK.length).toString('latin1') === LINE_BREAK;
  if (bare) return { headers: {}, body: bytes.subarray(LINE_BREAK.length) };
  const end = bytes.indexOf(separator);
  if (end < 0) throw malformed('a part has no end of headers');
  const lines = bytes.subarray(0, end).toString('latin1').split(LINE_BREAK);
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
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;,"]+))/i.exec(contentType ?? '') ?? [];
  const found = quoted ?? bare;
  if (!contentType?.toLowerCase().startsWith('multipart/related') || !found)
    throw malformed('its Content-Type has no boundary');
  return found;
}

function malformed(what: string): MaskwrightError {
  return new MaskwrightError('DICOM_MALFORMED', `multipart body: ${what}`);
}
