import type { StudyInstanceUID } from '@maskwright/dicom';

/** What a look at a study has found. */
export interface Sight {
  /** Changes when an image of a series that a task may want arrives, or goes. */
  readonly fingerprint: string;
  /** Images of all series, reports and presentation states among them, as whoever announces a number counts them. */
  readonly images: number;
}

export interface CompletenessOptions {
  /** A study of unknown size is complete when nothing was added for this long. */
  readonly quietMs: number;
  /** A study that lacks images which were announced is taken as it is when nothing was added for this long. */
  readonly patienceMs: number;
}

/**
 * Whether a study is complete. Where a notice told how many images there will be, it is as soon as they are there, and not
 * before, unless they do not come; else after a quiet time. Knows only studies that are not complete yet.
 */
export class Completeness {
  readonly #options: CompletenessOptions;
  readonly #growing = new Map<
    StudyInstanceUID,
    { readonly fingerprint: string; readonly since: number; readonly expected: number }
  >();
  constructor(options: CompletenessOptions) {
    this.#options = options;
  }

  /** @returns milliseconds until the study can be complete; 0: it is */
  observe(study: StudyInstanceUID, { fingerprint, images }: Sight, now: number, announced?: number): number {
    const before = this.#growing.get(study);
    // A clock that was put back must not make a study wait for as long as it was put back.
    const since = before?.fingerprint === fingerprint ? Math.min(before.since, now) : now;
    const expected = Math.max(announced ?? 0, before?.expected ?? 0);
    this.#growing.set(study, { fingerprint, since, expected });
    if (expected > 0 && images >= expected) return 0;
    const { quietMs, patienceMs } = this.#options;
    return Math.max(0, since + (expected > 0 ? Math.max(patienceMs, quietMs) : quietMs) - now);
  }

  /** How many images were announced and have not come. */
  missing(study: StudyInstanceUID, images: number): number {
    return Math.max(0, (this.#growing.get(study)?.expected ?? 0) - images);
  }

  forget(study: StudyInstanceUID): void {
    this.#growing.delete(study);
  }

  get size(): number {
    return this.#growing.size;
  }
}
