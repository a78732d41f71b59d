/** Made-up events and small stand-ins of the ports, for tests. */
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import {
  datasetOf,
  type KeywordValues,
  parsePart10,
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  writePart10,
} from '@maskwright/dicom';
import { type Archive, oneChunk } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource } from '@maskwright/image';
import {
  type DeadLetter,
  type Job,
  type JobEvent,
  type JobState,
  jobKey,
  type Queue,
  type ResultSummary,
} from '@maskwright/queue';
import { encodeSeg, segUids } from '@maskwright/result';
import { fold, type WorklistEntry } from './worklist.ts';

export const study = parseUid<StudyInstanceUID>('1.2.3', 'study');
export const series = parseUid<SeriesInstanceUID>('1.2.3.4', 'series');
export const image = parseUid<SOPInstanceUID>('1.2.3.4.5', 'instance');

export const summary: ResultSummary = {
  segments: [{ target: 'heart', prompt: 'heart in a chest X-ray', promptType: 'P2', pixels: 4 }],
  model: 'starter-vlsm',
  reason: 'the image is like its training images',
  assessment: { family: 'chest-xray', percentile: 12, distance: 3.5, gate: [] },
  attributes: [{ name: 'class', value: 'heart', source: 'catalogue', origin: 'tasks/chest-xray.yaml' }],
  warnings: [],
};

/** @param at seconds after an arbitrary moment */
export function event(index: number, state: JobState, at: number): JobEvent {
  return {
    schema: 'maskwright.event/1',
    key: jobKey({ sources: [`1.2.${index}`], task: 'chest-xray', bundles: ['a', 'b'], resultVersion: '1' }),
    study,
    series,
    task: 'chest-xray',
    at: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
    state,
  };
}

/** The entry of the worklist that events of one job make, a second after each other. */
export function entryOf(index: number, ...states: readonly JobState[]): WorklistEntry {
  const [first, ...rest] = states.map((state, at) => event(index, state, at));
  if (!first) throw new Error('an entry needs an event');
  return rest.reduce(fold, fold(undefined, first));
}

export const catalogueOfRepository = (): Promise<Catalogue> =>
  loadCatalogue(new URL('../../catalogue', import.meta.url).pathname);

const SIDE = 10;
const radiograph: KeywordValues = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.1',
  SOPInstanceUID: image,
  StudyInstanceUID: study,
  SeriesInstanceUID: series,
  StudyDate: '20260102',
  Modality: 'CR',
  BodyPartExamined: 'CHEST',
  PatientName: 'Doe^Jane',
  PatientID: 'secret-id',
  InstanceNumber: 1,
  PatientOrientation: ['L', 'F'],
  Rows: SIDE,
  Columns: SIDE,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  PixelRepresentation: 0,
};
const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => at * 2);

/** The radiograph as a Part 10 file. */
export const radiographFile = (): Uint8Array => writePart10({ ...radiograph, PixelData: pixels });
/** Where the sample's heart is: rows 2 and 3, columns 4 and 5. */
export const heart = Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
  Number([2, 3].includes(Math.floor(at / SIDE)) && [4, 5].includes(at % SIDE)),
);

/** A SEG of the heart in the radiograph. */
export function segFile(
  catalogue: Catalogue,
  key: string,
  data = heart,
): { readonly uid: SOPInstanceUID; readonly bytes: Uint8Array } {
  const target = catalogue.task('chest-xray').targets.find(({ name }) => name === 'heart');
  if (!target) throw new Error('the task has no heart');
  const uids = segUids(key, 1);
  const bytes = encodeSeg({
    source: assembleSource([parsePart10(radiographFile())]),
    segments: [{ target, mask: { frames: 1, rows: SIDE, columns: SIDE, data }, prompt: 'heart', promptType: 'P2' }],
    uids,
    algorithm: { name: 'starter-vlsm', version: '1' },
    assessment: 'like its training images',
    at: new Date(Date.UTC(2026, 0, 1)),
    seriesDescription: 'Heart',
  });
  return { uid: uids.sopInstanceUID, bytes };
}

/** An archive that holds one radiograph, and files by their SOP Instance UID. */
export function archiveOf(files: ReadonlyMap<string, Uint8Array>): Archive {
  const dataset = datasetOf(radiograph);
  return {
    async *searchStudies() {
      yield { studyInstanceUID: study, dataset };
    },
    searchSeries: async () => [{ studyInstanceUID: study, seriesInstanceUID: series, modality: 'CR', dataset }],
    searchInstances: async (_study, of) =>
      (of === series ? [image] : [...files.keys()]).map((uid) => ({
        sopInstanceUID: parseUid<SOPInstanceUID>(uid, 'instance'),
        sopClassUID: undefined,
        dataset: {},
      })),
    retrieveMetadata: async () => [dataset],
    describeInstances: async () => [{ sopInstanceUID: image, sopClassUID: '1.2.840.10008.5.1.4.1.1.1', dataset }],
    async *retrieveFiles() {
      yield oneChunk(radiographFile());
    },
    async retrieveInstance(_study, _series, instance) {
      const bytes = files.get(instance);
      if (!bytes) throw new MaskwrightError('ARCHIVE_REFUSED', `no instance ${instance}`);
      return bytes;
    },
    retrieveFrames: async () => [],
    store: async () => [],
  };
}

/** A queue that remembers what was put in, and gives events to whoever reads. */
export class MemoryQueue implements Queue {
  readonly system = 'sqlite';
  readonly enqueued: Job[] = [];
  readonly letters: DeadLetter[] = [];
  readonly #events: JobEvent[];
  #wake: () => void = () => undefined;
  constructor(events: readonly JobEvent[]) {
    this.#events = [...events];
  }

  readonly jobs: Queue['jobs'] = {
    enqueue: async (jobs) => void this.enqueued.push(...jobs),
    consume: async () => undefined,
    deadLetters: async () => [...this.letters],
    replay: async (job) => {
      const at = this.letters.findIndex((letter) => letter.job.key === job.key);
      if (at < 0) return false;
      this.letters.splice(at, 1);
      this.enqueued.push(job);
      return true;
    },
  };
  readonly events: Queue['events'] = {
    append: async (one) => {
      this.#events.push(one);
      this.#wake();
    },
    read: (signal) => this.#read(signal),
    newest: async (keys) => new Map(this.#events.filter(({ key }) => keys.includes(key)).map((one) => [one.key, one])),
  };
  readonly notices: Queue['notices'] = { publish: async () => undefined, consume: async () => undefined };
  check = async (): Promise<void> => undefined;
  close = async (): Promise<void> => undefined;

  async *#read(signal: AbortSignal): AsyncIterable<JobEvent> {
    for (let at = 0; !signal.aborted; ) {
      const next = this.#events[at];
      if (next) {
        at += 1;
        yield next;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}
