/** Waiting, with an end: timers that leave nothing behind. */
export { pause } from './pause.ts';
export { timeLimit } from './time-limit.ts';
