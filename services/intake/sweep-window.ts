import type { StudyQuery } from '@maskwright/dicomweb';

/** What earlier sweeps have taught. */
export interface SweepHistory {
  /** When the last sweep of the whole list began, and how long it took, without waiting for room; ms. */
  readonly whole?: { readonly began: number; readonly tookMs: number } | undefined;
  /** A sweep of the whole list is under way: until it ends the others ask for what is new. */
  readonly isWholeUnderWay?: boolean | undefined;
  /** Newest StudyDate in the archive's answers, as YYYYMMDD. */
  readonly newest?: string | undefined;
}
export interface SweepOptions {
  readonly sweepSeconds: number;
  /** Days before the newest study that each sweep asks for again; default 2. */
  readonly overlapDays?: number | undefined;
  /** Studies of earlier days are never asked for; default: all are. */
  readonly lookbackDays?: number | undefined;
}

/** A sweep of the whole list may take this share of the time, so that it costs the archive the same, whatever its size. */
const SHARE = 0.01;
const LONGEST_MS = 24 * 3600_000;
const DAY_MS = 86_400_000;

/**
 * Which studies the next sweep asks for. Usually those dated after the watermark less an overlap: the newest StudyDate that
 * the archive has answered, so that neither our clock nor the modalities' decides. Images that come late, back-dated or
 * without a date are found by the whole list, which is asked for as often as it is cheap: at each sweep in a small archive,
 * daily in a huge one. StudyTime is never sent: a range of times is matched apart from that of dates (PS3.4 C.2.2.2.5), and
 * many archives pass over it.
 */
export function sweepQuery(
  history: SweepHistory,
  { sweepSeconds, overlapDays = 2, lookbackDays }: SweepOptions,
  now: Date,
): { readonly query: StudyQuery; readonly whole: boolean } {
  const oldest = lookbackDays === undefined ? undefined : daysBefore(now, lookbackDays);
  if (isWholeDue(history, sweepSeconds, now)) return { whole: true, query: from(oldest) };
  // A study dated in the future must not hide those of today.
  const watermark = [history.newest ?? '', dicomDate(now)].sort()[0] ?? '';
  // During the first sweep none is known yet: what is new is dated by now.
  const start = daysBefore(parseDate(watermark) ?? now, overlapDays);
  return { whole: false, query: from(oldest !== undefined && oldest > start ? oldest : start) };
}

function isWholeDue({ whole, isWholeUnderWay, newest }: SweepHistory, sweepSeconds: number, now: Date): boolean {
  if (isWholeUnderWay) return false;
  if (!whole || newest === undefined) return true;
  const interval = Math.min(LONGEST_MS, Math.max(sweepSeconds * 1000, whole.tookMs / SHARE));
  const since = now.getTime() - whole.began;
  // Our clock was put back: what the time is, is not known.
  return since < 0 || since >= interval;
}

function from(date: string | undefined): StudyQuery {
  return date === undefined ? {} : { studyDate: { from: date } };
}

function daysBefore(date: Date, days: number): string {
  return dicomDate(new Date(date.getTime() - days * DAY_MS));
}
function dicomDate(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}
function parseDate(value: string): Date | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(value) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
