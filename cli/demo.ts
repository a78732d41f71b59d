import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseConfig } from '@maskwright/config';
import { parsePart10, type StudyInstanceUID } from '@maskwright/dicom';
import { FOR_ALL, unwritable, writeWhole } from '@maskwright/disk';
import { describeError, MaskwrightError } from '@maskwright/errors';
import { expectedJobs } from '@maskwright/intake';
import { isUnderWay, type Job, type JobEvent, type JobKey } from '@maskwright/queue';
import { resultLineage, resultObject } from '@maskwright/result';
import { type Composition, openComposition, runServices } from './composition.ts';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';
import { places } from './places.ts';
import { readInput } from './read-file.ts';
import { stopSignal } from './stop-signal.ts';
import { type SummaryEntry, summaryEntry } from './summary.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface DemoOptions {
  readonly once?: boolean;
  readonly home: string;
  readonly out: string;
  readonly images?: readonly string[];
  readonly port: string;
  readonly sr?: boolean;
  readonly keyImage?: boolean;
  readonly presentationState?: boolean;
}

/** Embedded archive and all services in one process: stores the images, waits for their results, writes them to a folder. */
export async function demo(options: DemoOptions, io: Terminal): Promise<ExitCode> {
  const { home, out } = options;
  // Holds patients' images: for the owner alone, also where the results are to lie in it.
  await mkdir(home, { recursive: true, mode: 0o700 }).catch(unwritable(home));
  await mkdir(out, { recursive: true }).catch(unwritable(out));
  const config = parseConfig(
    {
      home: path.resolve(home),
      archive: { kind: 'embedded', port: 0 },
      intake: { sweepSeconds: 5, quietSeconds: 0.5 },
      results: {
        sr: options.sr ?? false,
        keyImage: options.keyImage ?? false,
        presentationState: options.presentationState ?? false,
      },
      console: { port: await freePort(parsePort(options.port)) },
    },
    'demo',
  );
  const composition = await openComposition(config, process.env, 'warn');
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, stopSignal()]);
  try {
    const page = runServices(composition, ['console'], signal, (url) => io.stderr(`the page: ${url}`));
    // A series that is still being stored would be taken for a whole one: intake starts when all is there.
    const stored = await storeImages(composition, options.images ?? [places.phantoms], io);
    const work = runServices(composition, ['intake', 'segmenter'], signal);
    const services = Promise.all([page, work]);
    const results = showResults(composition, stored, options, io, signal);
    // Services that fail end the wait for results; those that are stopped do not, so that what is unfinished is told.
    const code = await Promise.race([results, services.then(() => results)]);
    if (!options.once && !signal.aborted) io.stderr('press Ctrl-C to stop');
    if (options.once) stop.abort();
    await services;
    return code;
  } finally {
    stop.abort();
    await composition.close();
  }
}

async function showResults(
  composition: Composition,
  loaded: Loaded,
  options: DemoOptions,
  io: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const jobs: Job[] = [];
  const without: StudyInstanceUID[] = [];
  for (const study of loaded.studies) {
    const found = await expectedJobs(composition, study);
    jobs.push(...found);
    if (found.length === 0) without.push(study);
  }
  const ends = await waitForEnds(composition, jobs, io, signal);
  const entries: SummaryEntry[] = jobs.map((job) => summaryEntry(job, ends.get(job.key)));
  for (const study of without)
    entries.push({ ...EMPTY, study, reason: 'No task of the catalogue selects a series of this study.' });
  await writeResults(composition, options.out, jobs, ends);
  await writeWhole(path.join(options.out, 'summary.json'), `${JSON.stringify(entries, null, 2)}\n`, FOR_ALL);
  for (const entry of entries)
    io.stderr(`${entry.outcome.padEnd(12)} ${entry.task ?? '-'}  ${entry.prompt ?? ''}  ${entry.reason}`);
  io.stderr(
    `${entries.filter(({ outcome }) => outcome === 'stored').length} of ${entries.length} stored; results in ${options.out}`,
  );
  return loaded.refused > 0 || entries.some(({ outcome }) => NOT_DONE.has(outcome)) ? 1 : 0;
}

const NOT_DONE: ReadonlySet<SummaryEntry['outcome']> = new Set(['failed', 'unfinished']);
const EMPTY = {
  series: null,
  task: null,
  outcome: 'no-task',
  prompt: null,
  promptType: null,
  model: null,
  assessment: null,
  sopInstanceUIDs: [],
} as const;

interface Loaded {
  readonly studies: readonly StudyInstanceUID[];
  readonly refused: number;
}

/** What is not DICOM is passed over, a file that cannot be read or stored is named: the others go on. */
async function storeImages(composition: Composition, paths: readonly string[], io: Terminal): Promise<Loaded> {
  const studies = new Set<StudyInstanceUID>();
  let refused = 0;
  for await (const file of filesUnder(paths)) {
    try {
      const bytes = await readInput(file);
      if (!looksLikeDicom(bytes) && !/\.dcm$/i.test(file)) continue;
      const { studyInstanceUID } = parsePart10(bytes);
      const [outcome] = await composition.archive.store([bytes]);
      if (!outcome?.stored) throw new MaskwrightError('ARCHIVE_REFUSED', 'the archive did not store it');
      studies.add(studyInstanceUID);
    } catch (error) {
      refused++;
      io.stderr(`${file}: ${describeError(error)}`);
    }
  }
  if (studies.size === 0) throw new MaskwrightError('INPUT_NOT_FOUND', `no DICOM image under ${paths.join(', ')}`);
  return { studies: [...studies], refused };
}

async function waitForEnds(composition: Composition, jobs: readonly Job[], io: Terminal, signal: AbortSignal) {
  const ends = new Map<JobKey, JobEvent>();
  const open = new Set(jobs.map(({ key }) => key));
  if (open.size === 0) return ends;
  const bar = io.progress('segmenting', jobs.length);
  for await (const event of composition.queue.events.read(signal)) {
    if (!open.has(event.key) || isUnderWay(event.state.kind)) continue;
    ends.set(event.key, event);
    bar.update(ends.size);
    if (ends.size === open.size) break;
  }
  bar.stop();
  return ends;
}

async function writeResults(
  { archive }: Composition,
  out: string,
  jobs: readonly Job[],
  ends: ReadonlyMap<JobKey, JobEvent>,
) {
  for (const job of jobs) {
    const { key, study } = job;
    const state = ends.get(key)?.state;
    if (state?.kind !== 'stored') continue;
    for (const sopInstanceUID of state.sopInstanceUIDs) {
      const { seriesInstanceUID } = resultObject(key, sopInstanceUID, resultLineage(job));
      const bytes = await archive.retrieveInstance(study, seriesInstanceUID, sopInstanceUID);
      await writeWhole(path.join(out, `${sopInstanceUID}.dcm`), bytes, FOR_ALL);
    }
  }
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new MaskwrightError('USAGE', `--port ${value} is not a port`);
  return port;
}

/** The wanted port, or a free one where it is taken: a demo should not fail for that. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)));
  });
}
