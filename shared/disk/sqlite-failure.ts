/** Of node:sqlite. */
export type SqliteError = Error & { readonly errcode: number };

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** Primary result codes of SQLite: BUSY, LOCKED, IOERR, FULL, CANTOPEN, PROTOCOL. */
const PASSING = new Set([5, 6, 10, 13, 14, 15]);

/** A disk that is full and a file that is busy pass, a file that is broken does not. */
export function isPassing({ errcode }: SqliteError): boolean {
  return PASSING.has(errcode & 0xff);
}
