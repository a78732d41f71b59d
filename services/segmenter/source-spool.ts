import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Instance, readStored, type SOPInstanceUID, StoredPixels } from '@maskwright/dicom';
import type { IncomingFile } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const PREFIX = 'source-';
/** Bytes that are written at once. */
const GATHERED = 1 << 20;

/**
 * Images of the series in hand on disk, so that memory holds their headers and the frames that are looked at. One file a
 * series, whose name is taken away as soon as it is open: the system frees it when it is closed or the process ends, in
 * whatever way it ends, and nobody else can open it. What a crash between the two leaves is removed at the start.
 */
export class SourceSpool {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Removes names that were left. Files that another process has open stay readable for it. */
  async clear(): Promise<void> {
    const left = await readdir(this.#folder).catch(() => []);
    for (const name of left.filter((one) => one.startsWith(PREFIX)))
      await rm(path.join(this.#folder, name), { force: true });
  }

  /** @throws MaskwrightError OUTPUT_UNWRITABLE */
  async open(): Promise<SourceFile> {
    const name = path.join(this.#folder, `${PREFIX}${randomUUID()}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
      const handle = await open(name, 'wx+', FILE_MODE);
      await rm(name, { force: true });
      return new SourceFile(handle, this.#folder);
    } catch (cause) {
      throw new MaskwrightError('OUTPUT_UNWRITABLE', `the spool folder ${this.#folder}`, { cause });
    }
  }
}

/** The instances of one series, one after the other in one file. Its end is in memory until there is enough of it. */
export class SourceFile {
  readonly #handle: FileHandle;
  readonly #folder: string;
  readonly #pixels = new Map<SOPInstanceUID, StoredPixels>();
  /** What came last, from `#start` of the file on; and the place for what comes while that is written. */
  #gathered = new Uint8Array(GATHERED);
  #spare = new Uint8Array(GATHERED);
  #start = 0;
  #end = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, folder: string) {
    this.#handle = handle;
    this.#folder = folder;
  }

  /**
   * Keeps a file as it arrives. The instance has its pixels as `storedPixels`, which can be read until this is closed.
   * @throws MaskwrightError OUTPUT_UNWRITABLE, and as `parsePart10` and the archive do
   */
  async append(file: IncomingFile): Promise<Instance> {
    const start = this.#end;
    for await (const chunk of file) await this.#write(chunk);
    const length = this.#end - start;
    const instance = await readStored({ length, read: (from, to) => this.#read(start + from, start + to) });
    return this.#withSamePixelsAsTwin(await this.#withoutPixelsInMemory(instance));
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  async #withoutPixelsInMemory({ pixelData, ...instance }: Instance): Promise<Instance> {
    if (!pixelData) return instance;
    const entries: { start: number; length: number }[][] = [];
    for (const entry of pixelData) {
      entries.push([{ start: this.#end, length: entry.length }]);
      await this.#write(entry);
    }
    const whole = { length: this.#end, read: (from: number, to: number) => this.#read(from, to) };
    return { ...instance, storedPixels: new StoredPixels(whole, entries) };
  }

  /** An instance that comes again with the same pixels is told by their being one and the same. */
  async #withSamePixelsAsTwin(instance: Instance): Promise<Instance> {
    const { sopInstanceUID, storedPixels } = instance;
    const twin = this.#pixels.get(sopInstanceUID);
    if (!storedPixels) return instance;
    if (!twin) this.#pixels.set(sopInstanceUID, storedPixels);
    const same = twin && (await twin.digest()) === (await storedPixels.digest());
    return same ? { ...instance, storedPixels: twin } : instance;
  }

  /** The network gives small pieces: written one by one, they would cost more than the disk does. */
  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#end - this.#start === GATHERED) await this.#flush();
      const held = this.#end - this.#start;
      const piece = bytes.subarray(at, at + GATHERED - held);
      this.#gathered.set(piece, held);
      this.#end += piece.length;
      at += piece.length;
    }
  }

  /** Begins to write what was gathered; what was begun before has ended then. */
  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#end === this.#start) return;
    const gathered = this.#gathered.subarray(0, this.#end - this.#start);
    this.#writing = this.#put(gathered, this.#start);
    // Whoever needs it next sees the rejection.
    this.#writing.catch(() => undefined);
    [this.#gathered, this.#spare] = [this.#spare, this.#gathered];
    this.#start = this.#end;
  }

  async #put(bytes: Uint8Array, place: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, place + at);
        at += bytesWritten;
      }
    } catch (cause) {
      throw new MaskwrightError('OUTPUT_UNWRITABLE', `the spool folder ${this.#folder}`, { cause });
    }
  }

  /** @throws MaskwrightError OUTPUT_UNWRITABLE where the disk does not take it, or give back what it took */
  async #read(start: number, end: number): Promise<Uint8Array> {
    // Most headers: what came last is still here.
    if (start >= this.#start) return this.#gathered.slice(start - this.#start, end - this.#start);
    if (end > this.#start) await this.#flush();
    await this.#writing;
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0)
        throw new MaskwrightError('OUTPUT_UNWRITABLE', `the spool folder ${this.#folder}: cut short`);
      at += bytesRead;
    }
    return bytes;
  }
}
