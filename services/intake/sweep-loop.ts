import type { Telemetry } from '@maskwright/telemetry';
import { pause } from '@maskwright/time';
import { BACKLOG_LOST_AFTER_MS, LOST_AFTER_MS, WANTED_AFTER_MS } from './reconcile.ts';
import { type SweepDeps, sweep } from './sweep.ts';
import { type SweepHistory, type SweepOptions, sweepQuery } from './sweep-window.ts';
import { warnOf } from './warn-of.ts';

type Parts = SweepDeps & { readonly telemetry: Pick<Telemetry, 'log'> };

/** Sweeps until `signal` aborts: what is new at each interval, and now and then the whole list. */
export async function sweepLoop(parts: Parts, options: SweepOptions, signal: AbortSignal): Promise<void> {
  let history: SweepHistory = {};
  const learn = ({ newest = '', whole }: SweepHistory) => {
    history = { newest: [history.newest ?? '', newest].sort()[1] || undefined, whole: whole ?? history.whole };
  };
  let whole: Promise<void> | undefined;
  const interval = () => pause(options.sweepSeconds * 1000, signal);
  while (!signal.aborted) {
    const began = parts.now();
    const known = { ...history, isWholeUnderWay: whole !== undefined };
    const which = sweepQuery(known, options, began);
    const swept = sweepOnce(parts, which, began, learn, signal);
    if (which.whole) {
      whole = swept.finally(() => {
        whole = undefined;
      });
      // Where it takes long (the archive is slow, the agenda full for hours), what is new meanwhile is asked for beside it.
      await Promise.race([whole, interval()]);
    } else await swept;
    await interval();
  }
  await whole;
}

async function sweepOnce(
  parts: Parts,
  which: ReturnType<typeof sweepQuery>,
  began: Date,
  learn: (history: SweepHistory) => void,
  signal: AbortSignal,
): Promise<void> {
  const { memory, agenda, now, telemetry } = parts;
  const clock = performance.now();
  try {
    const { listed, invalid, looks, newest, waitedMs } = await sweep(parts, which, signal);
    // Cut short, it tells neither how long the whole list takes nor that it was read.
    if (signal.aborted) return;
    const tookMs = performance.now() - clock - waitedMs;
    learn({ newest, ...(which.whole ? { whole: { began: began.getTime(), tookMs } } : {}) });
    telemetry.log.debug(
      { listed, looks, whole: which.whole, ms: Math.round(tookMs), waitedMs: Math.round(waitedMs) },
      'sweep',
    );
    if (invalid > 0)
      telemetry.log.warn(
        { code: 'DICOM_MALFORMED', entries: invalid },
        'entries of the list of studies were passed over: their StudyInstanceUID is no UID',
      );
    const open = [
      ...memory.jobs.waitingSince(began.getTime() - LOST_AFTER_MS, began.getTime() - BACKLOG_LOST_AFTER_MS),
      ...memory.jobs.wantedAgain(began.getTime() - WANTED_AFTER_MS),
    ];
    for (const study of open) {
      memory.studies.forget(study);
      agenda.add({ study, isNamed: false }, now().getTime());
    }
  } catch (error) {
    if (!signal.aborted) warnOf(parts, error, 'the sweep failed');
  }
}
