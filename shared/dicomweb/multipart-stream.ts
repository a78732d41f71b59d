import { MaskwrightError } from '@maskwright/errors';
import { IncomingBytes } from './incoming-bytes.ts';
import type { Part } from './multipart.ts';

const LINE_BREAK = '\r\n';
const BLANK_LINE = Buffer.from('\r\n\r\n');
/** Headers of a part that are longer than this are none. */
const LONGEST_HEAD = 16 * 1024;
const LONGEST_PADDING = 80;

/**
 * Parts of a multipart/related body (RFC 2046 section 5.1.1) as they arrive, each when it is complete: at any time one part
 * and what has come of the next are held. What stands before the first delimiter and after the last is left aside.
 * @throws MaskwrightError DICOM_MALFORMED where the boundary, a header or the closing delimiter is missing, or a part is not
 * as long as its Content-Length says
 */
export async function* partsAsTheyArrive(chunks: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const delimiter = Buffer.from(`${LINE_BREAK}--${boundary}`);
  const bytes = new IncomingBytes(chunks);
  // The first delimiter may stand at the very start; with a line break before it, it is like the others.
  bytes.append(Buffer.from(LINE_BREAK));
  let found = await nextDelimiter(bytes, delimiter);
  if (!found) throw malformed('it does not hold its boundary');
  bytes.take(found.end);
  while (!found.last) {
    const headers = await readHeaders(bytes, boundary);
    found = await nextDelimiter(bytes, delimiter);
    if (!found) throw malformed('it ends before its closing delimiter');
    const body = bytes.take(found.start);
    bytes.take(found.end - found.start);
    const stated = headers['content-length'];
    if (stated !== undefined && Number(stated) !== body.length)
      throw malformed(`a part has ${body.length} bytes where its Content-Length says ${stated}`);
    yield { headers, body };
  }
}

interface Delimiter {
  readonly start: number;
  /** Behind its own line break. */
  readonly end: number;
  readonly last: boolean;
}

/** What only begins like the delimiter is content. */
async function nextDelimiter(bytes: IncomingBytes, delimiter: Buffer): Promise<Delimiter | undefined> {
  for (let from = 0; ; from += 1) {
    from = await bytes.find(delimiter, from);
    if (from < 0) return undefined;
    const end = from + delimiter.length;
    const sign = (await bytes.peek(end, 2)).toString('latin1');
    if (sign === '--') return { start: from, end: end + 2, last: true };
    // Padding is rare: where the line ends, nothing further is waited for.
    const after = sign === LINE_BREAK ? sign : (await bytes.peek(end, LONGEST_PADDING)).toString('latin1');
    const [padding] = /^[ \t]*\r\n/.exec(after) ?? [];
    if (padding !== undefined) return { start: from, end: end + padding.length, last: false };
  }
}

async function readHeaders(bytes: IncomingBytes, boundary: string): Promise<Record<string, string>> {
  // A part may have no headers at all: then its first line is empty.
  if ((await bytes.peek(0, 2)).toString('latin1') === LINE_BREAK) {
    bytes.take(2);
    return {};
  }
  const end = await bytes.find(BLANK_LINE, 0, LONGEST_HEAD);
  const lines = end < 0 ? [] : Buffer.from(bytes.take(end)).toString('latin1').split(LINE_BREAK);
  if (end < 0 || lines.some((line) => line.startsWith(`--${boundary}`)))
    throw malformed('a part has no end of headers');
  bytes.take(BLANK_LINE.length);
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function malformed(what: string): MaskwrightError {
  return new MaskwrightError('DICOM_MALFORMED', `multipart body: ${what}`);
}
