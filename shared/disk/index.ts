/** Files written whole or not at all, with the failure named; and which failures of SQLite's files pass. */
export { ownerOnly } from './owner-only.ts';
export { isPassing, isSqliteError } from './sqlite-failure.ts';
export { isFull, unwritable } from './unwritable.ts';
export { FOR_ALL, putInPlace, UNFINISHED, writeWhole } from './write-whole.ts';
