/** The archive port: any DICOMweb PACS from outside, and an embedded one for a laptop. */
export type {
  Archive,
  IncomingFile,
  InstanceEntry,
  SeriesEntry,
  StoreOutcome,
  StudyEntry,
  StudyQuery,
} from './archive.ts';
export { type DimseArchive, type DimseArchiveOptions, dimseArchive } from './dimse/dimse-archive.ts';
export { type EmbeddedArchive, type EmbeddedArchiveOptions, startEmbeddedArchive } from './embedded/server.ts';
export { instanceEntry } from './entries.ts';
export { oneChunk, wholeInstances } from './incoming-file.ts';
export { type Availability, allOpen, type CircuitBreakerOptions } from './outside/availability.ts';
export type { Authentication } from './outside/connection.ts';
export type { Certificates } from './outside/fetch.ts';
export { type OutsideArchive, type OutsideArchiveOptions, outsideArchive } from './outside/outside-archive.ts';
export type { WorkItemEvent } from './ups/event-report.ts';
export {
  outsideWorkItems,
  type WorkItem,
  type WorkItemState,
  type WorkItems,
  type WorkItemsOptions,
} from './ups/work-items.ts';
