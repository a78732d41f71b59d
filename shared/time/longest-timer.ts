/** The longest that a timer of Node takes, 31 bits of milliseconds (25 days): one that is told to wait longer fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
