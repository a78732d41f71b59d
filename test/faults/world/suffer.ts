import path from 'node:path';
import { announceOnce, type Fault, seconds } from './fault.ts';
import { type Count, countOf, type Results, resultsIn } from './results.ts';
import { mountsBelow, unmount } from './small-disk.ts';
import type { Study } from './studies.ts';
import { toldByConsole } from './told-by-console.ts';
import { putStudy, type Run, startRun, type World } from './world.ts';

export interface Line extends Count {
  readonly fault: string;
  readonly what: string;
  /** Jobs whose end the log does not tell though the result is stored. */
  readonly untold: number;
  /** From the end of the fault until the last result was stored and told; null where that never came. */
  readonly recoverySeconds: number | null;
  /** How often services had to be started again. */
  readonly restarts: number;
}

/** Recovery is given up after this. */
const PATIENCE_S = 150;
/** Between one study and the next. */
const GAP_S = 0.3;

/** Lets one fault strike while the studies are being worked on. */
export async function suffer(
  world: World,
  fault: Fault,
  studies: readonly Study[],
  expected: Results | undefined,
): Promise<{ readonly line: Line; readonly results: Results }> {
  world.archiveProxy.set({});
  world.brokerProxy.set({});
  await world.orthanc.empty();
  const run = await startRun(world, fault.name.replaceAll(/[^a-z]+/g, '-'), fault.options);
  const uids = studies.map(({ instance }) => instance.studyInstanceUID);
  try {
    await fault.before?.(run, studies);
    const feeding = feed(run, fault, studies);
    if (!fault.atFirstJob) await firstResults(world);
    await fault.strike(run, studies);
    await feeding;
    const over = performance.now();
    const count = expected ? sizeOf(expected) : studies.length;
    const recovered = await settledAt(run, count);
    // Whatever comes too much would come now.
    await seconds(3);
    const results = await resultsIn(world.archiveUrl, uids);
    const told = await toldAsStored(run);
    return {
      results,
      line: {
        fault: fault.name,
        what: fault.what,
        ...countOf(expected ?? results, results),
        untold: Math.max(0, count - told),
        recoverySeconds: recovered === null ? null : Math.max(0, (recovered - over) / 1000),
        restarts: run.intake.starts() + run.segmenter.starts() - 2,
      },
    };
  } finally {
    await run.close();
    await tidy(world, run);
  }
}

/** Studies come one by one, whatever breaks meanwhile: a modality sends again until the PACS has taken them. */
async function feed(run: Run, { announce = announceOnce }: Fault, studies: readonly Study[]): Promise<void> {
  for (const study of studies) {
    for (;;) {
      try {
        await putStudy(run.world, study);
        break;
      } catch {
        await seconds(GAP_S);
      }
    }
    // A notice that cannot be sent is lost, as in life.
    await announce(run, [study]).catch(() => undefined);
    await seconds(GAP_S);
  }
}

async function firstResults(world: World): Promise<void> {
  for (let tries = 0; tries < 120 && (await segsStored(world)) < 2; tries++) await seconds(0.25);
}

/** When as many results were stored and told as there should be. */
async function settledAt(run: Run, count: number): Promise<number | null> {
  const end = performance.now() + PATIENCE_S * 1000;
  while (performance.now() < end) {
    const stored = await segsStored(run.world).catch(() => 0);
    if (stored >= count && (await toldAsStored(run).catch(() => 0)) >= count) return performance.now();
    await seconds(0.5);
  }
  return null;
}

async function segsStored({ archiveUrl }: World): Promise<number> {
  const answer = await fetch(`${archiveUrl}/series?Modality=SEG`, { signal: AbortSignal.timeout(5_000) });
  const listed: unknown = answer.status === 200 ? await answer.json() : [];
  return Array.isArray(listed) ? listed.length : 0;
}

async function toldAsStored({ queue }: Pick<Run, 'queue'>): Promise<number> {
  return (await toldByConsole(queue)).filter(({ state }) => state === 'stored').length;
}

function sizeOf(results: Results): number {
  return [...results.values()].reduce((sum, { size }) => sum + size, 0);
}

/** Takes away the small file systems that a fault has made. */
async function tidy(world: World, run: Run): Promise<void> {
  const data = path.join(world.orthanc.folder, 'db');
  for (const folder of mountsBelow(world.folder)) {
    if (folder === data) await world.orthanc.kill();
    unmount(folder);
    if (folder === data) await world.orthanc.start();
  }
  await run.queue.close();
}
