/** Files that hold patients' images, written whole or not at all, for the owner's eyes; and which failures of SQLite's files pass. */
export { ownerOnly } from './owner-only.ts';
export { isPassing, isSqliteError } from './sqlite-failure.ts';
export { UNFINISHED, writeWhole } from './write-whole.ts';
