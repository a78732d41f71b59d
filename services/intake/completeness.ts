import type { StudyInstanceUID } from '@maskwright/dicom';

interface Observation {
  readonly fingerprint: string;
  readonly since: number;
  readonly reconciled: boolean;
}

/** Knows of each study since when nothing was added to it. A study is complete after `quietMs` without a change. */
export class Completeness {
  readonly #quietMs: number;
  readonly #studies = new Map<StudyInstanceUID, Observation>();
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** @returns milliseconds until the study can be complete; 0: it is; `reconciled`: it is, and was dealt with as it stands */
  observe(study: StudyInstanceUID, fingerprint: string, now: number): number | 'reconciled' {
    const before = this.#studies.get(study);
    if (before?.fingerprint !== fingerprint) this.#studies.set(study, { fingerprint, since: now, reconciled: false });
    else if (before.reconciled) return 'reconciled';
    return Math.max(0, (this.#studies.get(study)?.since ?? now) + this.#quietMs - now);
  }

  reconciled(study: StudyInstanceUID): void {
    const before = this.#studies.get(study);
    if (before) this.#studies.set(study, { ...before, reconciled: true });
  }
}
