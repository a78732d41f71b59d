import { MaskwrightError } from '@maskwright/errors';
import { IncomingBytes } from './incoming-bytes.ts';
import type { Part } from './multipart.ts';

/** One part whose body may be larger than what is held of it. */
export interface StreamedPart {
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Each chunk is good until the next is asked for. What is not read is passed over when the next part is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** A part of a body that may be there already. */
export interface PlacedPart extends StreamedPart {
  /** Where its own body starts, in bytes from the start of the stream. */
  readonly start: number;
}

const LINE_BREAK = '\r\n';
const BLANK_LINE = Buffer.from('\r\n\r\n');
/** Headers of a part that are longer than this are none. */
const LONGEST_HEAD = 16 * 1024;
const LONGEST_PADDING = 80;

/**
 * Parts of a multipart/related body (RFC 2046 section 5.1.1) as they arrive: no more is held than what came last. What
 * stands before the first delimiter and after the last is left aside.
 * @throws MaskwrightError DICOM_MALFORMED where the boundary, a header or the closing delimiter is missing, or a part is not
 * as long as its Content-Length says
 */
export async function* streamedParts(chunks: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<PlacedPart> {
  const delimiter = Buffer.from(`${LINE_BREAK}--${boundary}`);
  const bytes = new IncomingBytes(chunks);
  // The first delimiter may stand at the very start; with a line break before it, it is like the others.
  bytes.append(Buffer.from(LINE_BREAK));
  const before = new PartBody(bytes, delimiter, 'it does not hold its boundary');
  await before.rest();
  for (let body = before; !body.last; ) {
    const headers = await readHeaders(bytes, boundary);
    body = new PartBody(bytes, delimiter, 'it ends before its closing delimiter', headers['content-length']);
    yield { headers, body, start: bytes.taken - LINE_BREAK.length };
    await body.rest();
  }
}

/** As {@link streamedParts}, each part when it is complete: at any time one is held. */
export async function* partsAsTheyArrive(chunks: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  for await (const { headers, body } of streamedParts(chunks, boundary)) yield { headers, body: await gathered(body) };
}

/** All of it in one; no Buffer, whose `slice` would be a view. */
export async function gathered(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(new Uint8Array(piece));
    length += piece.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What stands up to the next delimiter; both are taken from the stream as they are read. */
class PartBody {
  last = false;
  readonly #bytes: IncomingBytes;
  readonly #delimiter: Buffer;
  readonly #complaint: string;
  readonly #stated: string | undefined;
  #length = 0;
  #ended = false;

  constructor(bytes: IncomingBytes, delimiter: Buffer, complaint: string, stated?: string) {
    this.#bytes = bytes;
    this.#delimiter = delimiter;
    this.#complaint = complaint;
    this.#stated = stated;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (!this.#ended) {
      const at = this.#bytes.indexOf(this.#delimiter);
      // What may be the beginning of the delimiter waits for the rest of it.
      const content = at < 0 ? this.#bytes.length - this.#delimiter.length + 1 : at;
      if (content > 0) yield this.#take(content);
      else if (at === 0) yield* this.#delimited();
      else if (!(await this.#bytes.more())) throw malformed(this.#complaint);
    }
  }

  /** Passes over what was not read. */
  async rest(): Promise<void> {
    for await (const _ of this);
  }

  #take(count: number): Uint8Array {
    this.#length += count;
    return this.#bytes.take(count);
  }

  /** What only begins like the delimiter is content. */
  async *#delimited(): AsyncGenerator<Uint8Array> {
    const end = this.#delimiter.length;
    const sign = (await this.#bytes.peek(end, 2)).toString('latin1');
    this.last = sign === '--';
    // Padding is rare: where the line ends, nothing further is waited for.
    const after = sign === LINE_BREAK ? sign : (await this.#bytes.peek(end, LONGEST_PADDING)).toString('latin1');
    const [padding] = this.last ? [sign] : (/^[ \t]*\r\n/.exec(after) ?? []);
    if (padding === undefined) {
      yield this.#take(1);
      return;
    }
    this.#bytes.take(end + padding.length);
    this.#ended = true;
    if (this.#stated !== undefined && Number(this.#stated) !== this.#length)
      throw malformed(`a part has ${this.#length} bytes where its Content-Length says ${this.#stated}`);
  }
}

async function readHeaders(bytes: IncomingBytes, boundary: string): Promise<Record<string, string>> {
  // A part may have no headers at all: then its first line is empty.
  if ((await bytes.peek(0, 2)).toString('latin1') === LINE_BREAK) {
    bytes.take(2);
    return {};
  }
  const end = await bytes.find(BLANK_LINE, 0, LONGEST_HEAD);
  const lines = end < 0 ? [] : bytes.take(end).toString('latin1').split(LINE_BREAK);
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
