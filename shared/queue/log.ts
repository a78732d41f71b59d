/** Where the adapter says what it does. UIDs and topic names only. */
export type QueueLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;
