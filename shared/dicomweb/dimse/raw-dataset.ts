import { Dataset } from './library.ts';

/**
 * A data set as its bytes, on their way through dcmjs-dimse unread: the library would parse and write it anew by dcmjs,
 * which loses private elements and fails on odd ones (see raw-dataset.test.ts).
 */
export class RawDataset extends Dataset {
  readonly bytes: Buffer;
  readonly #uids: Readonly<Record<string, string>>;

  /** @param uids SOPClassUID and SOPInstanceUID, which the library asks for */
  constructor(bytes: Buffer, transferSyntaxUID: string, uids: Readonly<Record<string, string>> = {}) {
    super({ ...uids }, transferSyntaxUID);
    this.bytes = bytes;
    this.#uids = uids;
  }

  override getElement(keyword: string): string | undefined {
    return this.#uids[keyword];
  }

  override getDenaturalizedDataset(): Buffer {
    return this.bytes;
  }

  /** Asked for where the peer takes another transfer syntax: what we do not read we do not rewrite. */
  override getElements(): Record<string, unknown> {
    throw new Error('the peer does not take the transfer syntax in which the object is');
  }
}
