import { parseConfig, readConfig } from '@maskwright/config';
import { MaskwrightError } from '@maskwright/errors';
import { type DeadLetter, type JobEvent, type JobKey, type Queue, remakeResult, replayJob } from '@maskwright/queue';
import { openQueue } from './open-queue.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface ReplayOptions {
  readonly config?: string;
  readonly all?: boolean;
  /** Every result that was deleted in the archive. */
  readonly deleted?: boolean;
  readonly json?: boolean;
}

/** As many digits of a job key as tell it from others, and no fewer: a slip of the finger must not replay another job. */
const SHORTEST = 8;

/**
 * Puts jobs that were set aside back into their lanes, and makes results again that are stored no more; without a job and
 * without `--all` or `--deleted` it lists both. Exit code 1 where one of them could not be put back.
 * @throws MaskwrightError JOB_UNKNOWN; USAGE for digits that do not tell a job from others
 */
export async function replay(keys: readonly string[], options: ReplayOptions, io: Terminal): Promise<ExitCode> {
  for (const key of keys) mustSuffice(key);
  const config = options.config ? await readConfig(options.config) : parseConfig({}, 'defaults');
  const queue = openQueue(config, process.env, () => undefined);
  try {
    const letters = await queue.jobs.deadLetters();
    const stored = await storedIn(queue, (event) => isDeleted(event) || keys.some((key) => event.key.startsWith(key)));
    if (keys.length === 0 && !options.all && !options.deleted) {
      list(letters, stored.filter(isDeleted), options, io);
      return 0;
    }
    const known = [...letters.map(({ job }) => job.key), ...stored.map((one) => one.key)];
    const named = new Set(keys.map((key) => keyOf(known, key)));
    const chosen = new Set([
      ...named,
      ...(options.all ? letters.map(({ job }) => job.key) : []),
      ...(options.deleted ? stored.filter(isDeleted).map(({ key }) => key) : []),
    ]);
    const replayed: string[] = [];
    for (const key of chosen) if (await putBack(queue, key, named.has(key), stored)) replayed.push(key);
    if (options.json) io.stdout(JSON.stringify(replayed));
    io.stderr(`${replayed.length} of ${chosen.size} put back into their lanes`);
    return replayed.length === chosen.size ? 0 : 1;
  } finally {
    await queue.close();
  }
}

async function putBack(queue: Queue, key: JobKey, isNamed: boolean, stored: readonly JobEvent[]): Promise<boolean> {
  const now = () => new Date();
  if (await replayJob(queue, key, { isNamed, now })) return true;
  const event = stored.find((one) => one.key === key);
  return event !== undefined && remakeResult(queue, event, now);
}

/** Results that are wanted; the log may hold those of years, which are not kept. */
async function storedIn(queue: Queue, isWanted: (event: JobEvent) => boolean): Promise<JobEvent[]> {
  const found = new Map<JobKey, JobEvent>();
  for await (const event of queue.events.read(new AbortController().signal, { upToNow: true })) {
    if (event.state.kind === 'stored' && isWanted(event)) found.set(event.key, event);
    else found.delete(event.key);
  }
  return [...found.values()];
}

function isDeleted({ state }: JobEvent): boolean {
  return state.kind === 'stored' && state.deleted !== undefined;
}

function list(
  letters: readonly DeadLetter[],
  deleted: readonly JobEvent[],
  { json }: ReplayOptions,
  io: Terminal,
): void {
  if (json) {
    io.stdout(JSON.stringify([...letters.map(setAsideEntry), ...deleted.map(deletedEntry)], null, 2));
    return;
  }
  for (const { job, code, reason, at } of letters)
    io.stdout(`${job.key.slice(0, 16)}  ${at}  ${job.task}  study ${job.study}  ${code}: ${reason}`);
  for (const { key, at, task, study } of deleted)
    io.stdout(`${key.slice(0, 16)}  ${at}  ${task}  study ${study}  deleted in the archive`);
  io.stderr(`${letters.length} set aside, ${deleted.length} deleted in the archive`);
}

function setAsideEntry(letter: DeadLetter) {
  return { state: 'set-aside', ...letter };
}

function deletedEntry({ key, study, series, task, at, state }: JobEvent) {
  const { deleted } = state.kind === 'stored' ? state : {};
  return { state: 'deleted', job: { key, study, series, task }, at, deleted };
}

function mustSuffice(digits: string): void {
  if (digits.length < SHORTEST)
    throw new MaskwrightError('USAGE', `job "${digits}" is too short: give ${SHORTEST} or more digits of its key`);
}

function keyOf(known: readonly JobKey[], digits: string): JobKey {
  const [key, ...others] = new Set(known.filter((one) => one.startsWith(digits)));
  if (!key) throw new MaskwrightError('JOB_UNKNOWN', `no job that was set aside or is stored begins with "${digits}"`);
  if (others.length > 0)
    throw new MaskwrightError('USAGE', `${others.length + 1} jobs begin with "${digits}": give more digits`);
  return key;
}
