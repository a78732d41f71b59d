import type { Matrix, SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';

declare const kind: unique symbol;
/** 64 hexadecimal digits: SHA-256 over what decides the result (sources, task, bundles, words, result version). */
export type JobKey = string & { readonly [kind]: 'JobKey' };

/** `backlog`: studies of long ago that nobody asks for, so that a first sweep, or new models, keep no new study waiting. */
export type Lane = 'interactive' | 'stat' | 'routine' | 'backlog';

/** What a job and its events are of: one task on one series of one study. */
export interface JobSubject {
  readonly key: JobKey;
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly task: string;
  /**
   * The images of this size alone. Stated where the task gets photographs or radiographs of several sizes in the series, of
   * which each size is a job: a SEG has one size.
   */
  readonly matrix?: Matrix;
}

export interface Job extends JobSubject {
  readonly schema: 'maskwright.job/1';
  readonly lane: Lane;
  /** A person's words instead of the task's templates. */
  readonly prompt?: string;
  /** W3C trace context of whoever asked, so that one trace leads from the notice to the stored SEG. */
  readonly traceparent?: string;
}

/** A study that someone says is new or changed; the archive is asked before it is believed. */
export interface StudyNotice {
  readonly schema: 'maskwright.study-notice/1';
  readonly study: StudyInstanceUID;
  /** Images that the study will have, where who tells of it knows. */
  readonly expectedImages?: number;
  readonly traceparent?: string;
}

/** What has become of a job; the newest event of a key is its state. No patient data. */
export interface JobEvent extends JobSubject {
  readonly schema: 'maskwright.event/1';
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly state: JobState;
}
export type JobState =
  | { readonly kind: 'queued'; readonly lane: Lane; readonly prompt?: string }
  | { readonly kind: 'running' }
  | {
      readonly kind: 'stored';
      readonly sopInstanceUIDs: readonly SOPInstanceUID[];
      readonly result: ResultSummary;
      /** Those of them that are no longer in the archive: someone has deleted them. */
      readonly deleted?: { readonly at: string; readonly sopInstanceUIDs: readonly SOPInstanceUID[] };
    }
  | { readonly kind: 'needs-person'; readonly result: ResultSummary }
  /** Permanent: set aside in the dead letters. */
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string }
  /** The images are others by now, or the catalogue or the models: the job `by` has taken its place. */
  | { readonly kind: 'superseded'; readonly by: JobKey };

export interface ResultSummary {
  readonly segments: readonly {
    readonly target: string;
    readonly prompt: string;
    /** P0 … P9, or `human` for a person's own words. */
    readonly promptType: string;
    readonly pixels: number;
    /** Volume, area, axes, where the masks were measured; units by UCUM. */
    readonly measurements?: readonly { readonly name: string; readonly value: number; readonly unit: string }[];
  }[];
  readonly model: string | null;
  readonly reason: string;
  readonly assessment: {
    readonly family: string;
    /** Both of the image as it is. */
    readonly percentile: number | null;
    /** Of several frames: which share (0–1) of them lies in each tenth. Absent in results from before 2026-11-29. */
    readonly percentileShares?: readonly number[];
    readonly distance: number | null;
    readonly gate: readonly string[];
    /** What was done to the image before the models saw it; absent: nothing. */
    readonly retouch?: string;
    /** Dice to expect of the best candidate's masks, 0–1; absent where the model is not calibrated. */
    readonly predictedDice?: number;
  };
  readonly attributes: readonly {
    readonly name: string;
    readonly value: string;
    readonly source: string;
    readonly origin: string;
  }[];
  readonly warnings: readonly string[];
  /**
   * A person's words as they were written, all of them: the job's key is of these, a segment's prompt may be translated or
   * shortened. Absent where the catalogue's templates made the prompts, and in results from before 2026-11-29.
   */
  readonly words?: string;
  /** ISO 8601; an event's own time is later where it tells of a deletion. Absent in results from before 2026-11-29. */
  readonly madeAt?: string;
  /** Absent in results from before 2026-11-25. */
  readonly provenance?: Provenance;
}

/** Under what a result is counted when its assessments are compared with those of others. */
export interface Provenance {
  /** The language model whose training images the percentile is about. */
  readonly bundle: string;
  readonly version: string;
  readonly modality: string;
  /** ManufacturerModelName, where it is plain text. */
  readonly device: string;
  /** A site's name from the configuration; nothing from a header. */
  readonly site: string;
}

export interface DeadLetter {
  readonly schema: 'maskwright.dead-letter/1';
  readonly job: Job;
  readonly code: string;
  readonly reason: string;
  readonly at: string;
}

/**
 * The queue port. Every adapter passes `contract/`. Delivery is at least once; identity (the job key) makes it one result.
 */
export interface Queue {
  /** `messaging.system` of OpenTelemetry. */
  readonly system: 'kafka' | 'sqlite';
  readonly jobs: JobQueue;
  readonly events: EventLog;
  readonly notices: NoticeTopic;
  /** Whether it can be used just now. @throws MaskwrightError QUEUE_UNREACHABLE, CONFIG_INVALID */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface JobQueue {
  /**
   * Durable when it resolves. Jobs of one study stay in order within a lane; interactive goes before stat before routine
   * before backlog. A job that is tried again may lose its place. A key that was done or set aside before is done anew: who asks has seen that
   * its result is not there.
   */
  enqueue(jobs: readonly Job[]): Promise<void>;
  /**
   * Runs `handle` for each job and commits when it resolves. A retryable MaskwrightError is tried again with jittered
   * backoff, without limit, and never holds up other studies for long; any other error sets the job aside as a dead letter
   * with its reason and commits.
   * Returns when `options.signal` aborts and the job in hand is finished. The signal that `handle` is given aborts when it
   * must stop at once: the queue is being closed, or the job now belongs to another consumer. A handler that then rejects
   * with an AbortError leaves the job uncommitted for the next consumer.
   */
  consume(handle: (job: Job, signal: AbortSignal) => Promise<void>, options: ConsumeOptions): Promise<void>;
  deadLetters(): Promise<DeadLetter[]>;
  /** Puts a job that was set aside into the lane that it names now. False where none with its key is set aside. */
  replay(job: Job): Promise<boolean>;
}
export interface ConsumeOptions {
  readonly signal: AbortSignal;
  /** Jobs handled at the same time by this consumer; default 1. */
  readonly concurrency?: number;
  /** Called when a job is set aside, before it is committed. */
  readonly onDeadLetter?: (letter: DeadLetter) => Promise<void>;
  readonly onRetry?: (job: Job, error: Error, delayMs: number) => void;
  /** While it is closed no job is begun, and one that failed meanwhile comes again as if it had not been tried. */
  readonly gate?: Gate;
}

/** Whether jobs can be done at all just now; closed while the archive is away, say. */
export interface Gate {
  isOpen(): boolean;
  /** Resolves when it is open, or when `signal` aborts. Never rejects. */
  opened(signal: AbortSignal): Promise<void>;
}

/** An event that cannot be read (of a later version, say) is passed over with a warning. */
export interface EventLog {
  /** @throws MaskwrightError MESSAGE_INVALID where nobody could read it */
  append(event: JobEvent): Promise<void>;
  /**
   * First every event that is retained, oldest first and at least the newest of each key; then, but for `upToNow`, new ones,
   * until `signal` aborts. The log may be long: it is not in memory.
   */
  read(signal: AbortSignal, options?: { readonly upToNow?: boolean }): AsyncIterable<JobEvent>;
  /** The newest event of each of these keys that has one, as of now. Embedded it costs what is asked for, in Kafka a reading. */
  newest(keys: readonly JobKey[], signal: AbortSignal): Promise<ReadonlyMap<JobKey, JobEvent>>;
}

export interface NoticeTopic {
  publish(notices: readonly StudyNotice[]): Promise<void>;
  /** Commits after `handle` resolves. A notice that does not parse is reported and passed over, never blocks. */
  consume(
    handle: (notice: StudyNotice) => Promise<void>,
    options: { readonly signal: AbortSignal; readonly onInvalid?: (reason: string) => void },
  ): Promise<void>;
}
