/** Waiting, with an end: timers that leave nothing behind, works that end together. */
export { aborted } from './aborted.ts';
export { LONGEST_TIMER_MS } from './longest-timer.ts';
export { pause } from './pause.ts';
export { timeLimit } from './time-limit.ts';
export { together, type Work } from './together.ts';
export { unlessAborted } from './unless-aborted.ts';
