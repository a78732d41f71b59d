/** The archive port and its two adapters. */
export type { Archive, InstanceEntry, SeriesEntry, StoreOutcome, StudyEntry, StudyQuery } from './archive.ts';
