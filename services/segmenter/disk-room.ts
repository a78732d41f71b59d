import { statfs } from 'node:fs/promises';
import type { Gate } from '@maskwright/queue';
import { pause } from '@maskwright/time';

/** A disk with less is full. With more, what could not be written is too large for it, and no other job waits for that. */
const LEAST_FREE_BYTES = 2 ** 20;
const LOOK_AGAIN_MS = 1000;

/**
 * Closed from the moment that a full disk was met until it has room again: else every job would be fetched and inferred again
 * and again for a result that cannot be kept.
 */
export class DiskRoom implements Gate {
  readonly #freeBytes: () => Promise<number>;
  #isFull = false;
  constructor(
    folder: string,
    freeBytes = async () => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  ) {
    this.#freeBytes = freeBytes;
  }

  /** To be called where something could not be written. */
  async look(): Promise<void> {
    // A folder that cannot be asked is not known to be full.
    this.#isFull = (await this.#freeBytes().catch(() => LEAST_FREE_BYTES)) < LEAST_FREE_BYTES;
  }

  isOpen(): boolean {
    return !this.#isFull;
  }

  async opened(signal: AbortSignal): Promise<void> {
    while (this.#isFull && !signal.aborted) {
      await pause(LOOK_AGAIN_MS, signal);
      await this.look();
    }
  }
}
