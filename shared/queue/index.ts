/** The queue port (jobs, events, notices) and its two adapters. */
export type * from './queue.ts';
