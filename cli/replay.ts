import { parseConfig, readConfig } from '@maskwright/config';
import { MaskwrightError } from '@maskwright/errors';
import { type DeadLetter, replayJob } from '@maskwright/queue';
import { openQueue } from './open-queue.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface ReplayOptions {
  readonly config?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** As many digits of a job key as tell it from others, and no fewer: a slip of the finger must not replay another job. */
const SHORTEST = 8;

/**
 * Puts jobs that were set aside back into their lanes; without a job and without `--all` it lists them.
 * Exit code 1 where a job was named that is not among them.
 */
export async function replay(keys: readonly string[], options: ReplayOptions, io: Terminal): Promise<ExitCode> {
  const config = options.config ? await readConfig(options.config) : parseConfig({}, 'defaults');
  const queue = openQueue(config, process.env, () => undefined);
  try {
    const letters = await queue.jobs.deadLetters();
    if (keys.length === 0 && !options.all) {
      list(letters, options, io);
      return 0;
    }
    const chosen = options.all ? letters : keys.map((key) => letterOf(letters, key));
    const replayed: string[] = [];
    for (const { job } of chosen) {
      if (await replayJob(queue, job.key, () => new Date())) replayed.push(job.key);
    }
    if (options.json) io.stdout(JSON.stringify(replayed));
    io.stderr(`${replayed.length} of ${chosen.length} put back into their lanes`);
    return replayed.length === chosen.length ? 0 : 1;
  } finally {
    await queue.close();
  }
}

function list(letters: readonly DeadLetter[], { json }: ReplayOptions, io: Terminal): void {
  if (json) {
    io.stdout(JSON.stringify(letters, null, 2));
    return;
  }
  for (const { job, code, reason, at } of letters)
    io.stdout(`${job.key.slice(0, 16)}  ${at}  ${job.task}  study ${job.study}  ${code}: ${reason}`);
  io.stderr(`${letters.length} set aside`);
}

function letterOf(letters: readonly DeadLetter[], key: string): DeadLetter {
  const found = key.length < SHORTEST ? [] : letters.filter(({ job }) => job.key.startsWith(key));
  const [letter] = found;
  if (!letter || found.length > 1)
    throw new MaskwrightError('INPUT_NOT_FOUND', `${found.length} jobs that were set aside begin with "${key}"`);
  return letter;
}
