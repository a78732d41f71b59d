import { MaskwrightError } from '@maskwright/errors';
import { boundaryOf, type Part } from '../multipart.ts';
import { partsAsTheyArrive } from '../multipart-stream.ts';
import type { Fetch, FetchAnswer } from './fetch.ts';

/** Pixels hardly get smaller, and Orthanc takes a quarter of a second to compress a CT slice for whoever would accept it. */
export const AS_IT_IS = 'identity';

/**
 * dicomweb-client speaks through XMLHttpRequest, which Node has not. It takes a ready request for each call, so this is the
 * part of that interface which it uses, over fetch: with an AbortSignal, a time-out, and the cause of a failure kept.
 *
 * Multipart answers are taken apart here, not by the library: that one passes over a part that was cut off, and drops what
 * each part says of its media type. `parts` has them.
 */
export class FetchRequest {
  status = 0;
  readyState = 0;
  response: unknown = null;
  responseType = '';
  /** Why there was no answer, or none that could be read; undefined when the server did answer. */
  failure: unknown;
  /** Of an answer that is no JSON; one that is not multipart is one part. */
  parts: readonly Part[] = [];
  onreadystatechange: () => void = () => undefined;
  readonly #fetch: Fetch;
  readonly #signal: AbortSignal;
  readonly #headers = new Headers();
  #method = 'GET';
  #url = '';
  #accept: string | undefined;
  #answerHeaders: FetchAnswer['headers'] = new Headers();

  constructor(fetch: Fetch, signal: AbortSignal, headers: Readonly<Record<string, string>>) {
    this.#fetch = fetch;
    this.#signal = signal;
    for (const [name, value] of Object.entries(headers)) this.#headers.set(name, value);
  }

  get url(): string {
    return this.#url;
  }

  open(method: string, url: string): void {
    this.#method = method.toUpperCase();
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  /** The media type that is asked for, whatever the library would ask for: it refuses `transfer-syntax=*`. */
  acceptOnly(mediaType: string): this {
    this.#accept = mediaType;
    return this;
  }

  /** The library asks for the type only to see whether it has to take the answer apart: that is done. */
  getResponseHeader(name: string): string | null {
    return name.toLowerCase() === 'content-type' ? null : this.#answerHeaders.get(name);
  }

  getAllResponseHeaders(): string {
    return [...this.#answerHeaders].map(([name, value]) => `${name}: ${value}`).join('\r\n');
  }

  send(body?: ArrayBuffer): void {
    this.#perform(body).then(
      () => this.#finish(),
      (error: unknown) => {
        this.failure = error;
        this.status = 0;
        this.#finish();
      },
    );
  }

  async #perform(body: ArrayBuffer | undefined): Promise<void> {
    if (this.responseType === 'json' && !this.#headers.has('accept'))
      this.#headers.set('accept', 'application/dicom+json');
    if (this.#accept) this.#headers.set('accept', this.#accept);
    if (this.responseType !== 'json') this.#headers.set('accept-encoding', AS_IT_IS);
    const answer = await this.#fetch(this.#url, {
      method: this.#method,
      headers: Object.fromEntries(this.#headers),
      signal: this.#signal,
      ...(body === undefined ? {} : { body }),
    });
    this.#answerHeaders = answer.headers;
    if (this.responseType === 'json') this.response = parseJson(await answer.arrayBuffer(), answer.ok);
    else {
      // The library hangs the headers on an answer that it finds here, and does not look into it.
      this.response = answer.ok ? new ArrayBuffer(0) : await answer.arrayBuffer();
      if (answer.ok) this.parts = await partsOf(answer);
    }
    this.status = answer.status;
  }

  #finish(): void {
    this.readyState = 4;
    this.onreadystatechange();
  }
}

async function partsOf(answer: FetchAnswer): Promise<readonly Part[]> {
  const contentType = answer.headers.get('content-type');
  if (contentType?.toLowerCase().startsWith('multipart/'))
    return Array.fromAsync(partsAsTheyArrive(answer.body ?? nothing(), boundaryOf(contentType)));
  const body = new Uint8Array(await answer.arrayBuffer());
  return [{ headers: contentType === null ? {} : { 'content-type': contentType }, body }];
}
async function* nothing(): AsyncGenerator<Uint8Array> {}

/**
 * An empty body says nothing (204, some PACS' 200). The text of a refusal need not be JSON: then there is no body. What the
 * parser says of a broken one is not kept: it quotes the text, and that may be patient data.
 */
function parseJson(bytes: ArrayBuffer, ok: boolean): unknown {
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (text === '') return ok ? [] : undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (ok) throw new MaskwrightError('DICOM_MALFORMED', 'the answer is not JSON');
    return undefined;
  }
}
