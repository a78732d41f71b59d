/**
 * Half an hour of small studies with random faults, and what came of them:
 * `node test/faults/soak.ts [--minutes 30] [--studies 1000] [--seed 1]`, one line of JSON at the end.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { archiveFaults } from './archive-faults.ts';
import { brokerFaults } from './broker-faults.ts';
import { workerFaults } from './worker-faults.ts';
import { announceOnce, type Fault, seconds } from './world/fault.ts';
import { longestLives, residentMemory, type Sample } from './world/memory.ts';
import { resultsIn } from './world/results.ts';
import { type Study, studies } from './world/studies.ts';
import { toldByConsole } from './world/told-by-console.ts';
import { openWorld, putStudy, type Run, startRun } from './world/world.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    studies: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
const count = Number(values.studies);
/** Those that need nothing prepared and can come at any moment. */
const faults = [...archiveFaults, ...brokerFaults, ...workerFaults].filter(
  ({ before, options }) => !before && !options,
);
/** Between the end of one fault and the next. */
const CALM_S = 30;
const ENDS: readonly string[] = ['stored', 'needs-person'];
/** What is not there after this is lost. */
const PATIENCE_S = 600;

const world = await openWorld();
const run = await startRun(world, 'soak');
try {
  // A second segmenter meets every outage and no kill: what its memory does in half an hour can be told.
  const spared = await run.anotherSegmenter('spared-segmenter');
  const start = performance.now();
  const now = () => (performance.now() - start) / 1000;
  const all = studies(count, 10_001);
  const samples: Sample[] = [];
  const sampling = setInterval(
    () => samples.push(...residentMemory([run.intake, run.segmenter, spared], now())),
    5_000,
  );
  const [suffered] = await Promise.all([sufferAtRandom(run, all, now), feed(run, all, now)]);
  const over = now();
  await settled(run, all.length);
  const recovery = now() - over;
  clearInterval(sampling);
  console.log(
    JSON.stringify({
      ...(await outcome(run, all)),
      minutes: over / 60,
      faults: suffered,
      recovery,
      jobsOfSpared: readFileSync(spared.log, 'utf8').split('"job done"').length - 1,
      memory: longestLives(samples),
    }),
  );
} finally {
  await run.close();
  await world.close();
}

async function sufferAtRandom(run: Run, all: readonly Study[], now: () => number): Promise<Record<string, number>> {
  const suffered: Record<string, number> = {};
  let state = Number(values.seed);
  await seconds(CALM_S);
  while (now() < (minutes - 1) * 60) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const fault: Fault | undefined = faults[Math.floor((state / 2 ** 32) * faults.length)];
    if (!fault) break;
    console.error(`${now().toFixed(0)} s: ${fault.name}`);
    await fault.strike(run, all);
    suffered[fault.name] = (suffered[fault.name] ?? 0) + 1;
    await seconds(CALM_S);
  }
  return suffered;
}

/** Studies come evenly over the time; a modality sends again until the PACS has taken them. */
async function feed(run: Run, all: readonly Study[], now: () => number): Promise<void> {
  const gap = (minutes * 60) / all.length;
  for (const [index, study] of all.entries()) {
    await seconds(Math.max(0, index * gap - now()));
    while (!(await isTaken(run, study))) await seconds(0.5);
    // A notice that cannot be sent is lost, as in life: the sweep finds the study.
    await announceOnce(run, [study]).catch(() => undefined);
  }
}
async function isTaken({ world }: Run, study: Study): Promise<boolean> {
  try {
    await putStudy(world, study);
    return true;
  } catch {
    return false;
  }
}

/** Every study ends, in a SEG or with a person. */
async function settled(run: Run, count: number): Promise<void> {
  const end = performance.now() + PATIENCE_S * 1000;
  while (performance.now() < end && (await ended(run).catch(() => [])).length < count) await seconds(2);
}

async function ended({ queue }: Run) {
  return (await toldByConsole(queue)).filter(({ state }) => ENDS.includes(state));
}

async function outcome(run: Run, all: readonly Study[]) {
  const uids = all.map(({ instance }) => instance.studyInstanceUID);
  const found = await resultsIn(world.archiveUrl, uids);
  const told = new Map((await ended(run)).map(({ study, state }) => [study, state]));
  const segs = [...found.values()];
  return {
    studies: all.length,
    stored: segs.filter(({ size }) => size > 0).length,
    needsPerson: uids.filter((uid) => told.get(uid) === 'needs-person').length,
    /** No end in the log, or one that the archive does not bear out. */
    lost: uids.filter((uid) => told.get(uid) !== 'needs-person' && !found.get(uid)?.size).length,
    untold: uids.filter((uid) => !told.has(uid)).length,
    duplicates: segs.reduce((sum, { size }) => sum + Math.max(0, size - 1), 0),
    contradictory: uids.filter((uid) => told.get(uid) === 'needs-person' && found.get(uid)?.size).length,
  };
}
