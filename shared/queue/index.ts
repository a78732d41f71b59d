/** The queue port (jobs, events, notices) and its two adapters. */
export type { Backoff } from './backoff.ts';
export { type EmbeddedQueueOptions, embeddedQueue } from './embedded/index.ts';
export { type BundleDigest, eventOf, handIn, type JobRequest, jobFor, RESULT_VERSION, subjectOf } from './job-for.ts';
export { type JobKeyParts, jobKey } from './job-key.ts';
export { type KafkaQueueOptions, kafkaQueue } from './kafka/index.ts';
export type { QueueLog } from './log.ts';
export {
  deadLetterSchema,
  jobEventSchema,
  jobKeySchema,
  jobSchema,
  jobStateKindSchema,
  laneSchema,
  matrixSchema,
  parseDeadLetter,
  parseJob,
  parseJobEvent,
  parseStudyNotice,
  studyNoticeSchema,
  uidSchema,
} from './messages.ts';
export { noticeFormsSchema, readStudyNotices } from './notice-forms.ts';
export { outputsOf } from './outputs.ts';
export type * from './queue.ts';
export { remakeResult, replayJob, wordsOf } from './replay.ts';
export { isUnderWay } from './under-way.ts';
