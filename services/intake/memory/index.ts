import { CacheFile } from './cache-file.ts';
import { JobStates } from './job-states.ts';
import { SeenStudies } from './seen-studies.ts';
import { StudyResults } from './study-results.ts';

export type { KnownJob } from './job-states.ts';
export { type Standing, UNCERTAIN, UNCOUNTED } from './seen-studies.ts';
export type { Outdated, StandingJob, StoredJob } from './study-results.ts';

/**
 * What intake has seen: how each study stood when its jobs were made, and the newest state of each job. A cache on the disk:
 * it only spares questions, and where it is lost, the archive and the event log are asked again. It holds UIDs, no headers.
 */
export class StudyMemory {
  readonly studies: SeenStudies;
  readonly jobs: JobStates;
  readonly results: StudyResults;
  readonly #cache: CacheFile;

  /**
   * @param file made where it is not there, thrown away where it is broken or of another version; `:memory:` for none
   * @param basis changes where studies have to be judged anew: another catalogue, other models
   */
  constructor(file: string, basis: string) {
    this.#cache = new CacheFile(file);
    this.studies = new SeenStudies(this.#cache, basis);
    this.jobs = new JobStates(this.#cache);
    this.results = new StudyResults(this.#cache, this.studies);
  }

  close(): void {
    this.#cache.close();
  }
}
