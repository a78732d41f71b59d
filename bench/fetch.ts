/**
 * Reading a CT series of 512 × 512 from a real Orthanc and decoding every frame: ours (metadata, one WADO-RS stream into the
 * spool, frames read eight at a time, as the segmenter does) against Python's dicomweb-client with pydicom (all instances in memory), in turns
 * within one run. Time: of 120 slices, wall clock and the client's own processor time. Memory: highest resident set of the
 * process at 30, 120 and 480 slices. That both read the same is seen by the digest of all pixels.
 *
 *     node bench/fetch.ts            PYTHON: a Python with dicomweb-client and pydicom
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseUid, type SeriesInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { type Archive, outsideArchive } from '@maskwright/dicomweb';
import { assembleSource, decodeFrame, type SourceImage } from '@maskwright/image';
import { fetchSeries, listSeries } from '../services/segmenter/fetch-series.ts';
import { SourceSpool } from '../services/segmenter/source-spool.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import { peakKiB, runProcess } from './child-process.ts';
import { ctSlice, type SyntheticSeries, syntheticSeries } from './ct-series.ts';
import { fetchReport } from './fetch-report.ts';
import { median, writeResult } from './results.ts';

const SLICES = [30, 120, 480] as const;
const TIMED = 120;
const APART = 'ours, each instance by a request of its own, 4 at a time';
const REPEATS = 5;
/** As the segmenter does. */
const FRAMES_AT_ONCE = 8;
const ROUNDS = { timed: 4, memory: 2 };

export interface Measured {
  readonly seconds: readonly number[];
  /** Of the client's processor: what the wall clock says depends on who else is at work. */
  readonly cpuSeconds: readonly number[];
  readonly peakKiB: number;
  readonly frames: number;
  /** Of the stored values of all frames, in the order of the stack. */
  readonly sha256: string;
  /** Of the wall clock, by stage; ours only. */
  readonly stages?: Readonly<Record<string, readonly number[]>>;
}

const [role, url = '', study = '', series = '', repeats = '1'] = process.argv.slice(2);
if (role === 'ours') process.stdout.write(JSON.stringify(await ours(false)));
else if (role === 'ours-apart') process.stdout.write(JSON.stringify(await ours(true)));
else await compare();

async function compare(): Promise<void> {
  const orthanc = await startOrthanc();
  try {
    const all = new Map(SLICES.map((slices) => [slices, syntheticSeries(slices)]));
    for (const one of all.values()) await upload(orthanc.url, one);
    const wanted = all.get(TIMED) ?? syntheticSeries(TIMED);
    const timed = await inTurns(sidesOf(orthanc.url, wanted, REPEATS), ROUNDS.timed);
    const memory: Record<number, Record<string, Measured[]>> = {};
    for (const [slices, one] of all) {
      const { [APART]: _, ...sides } = sidesOf(orthanc.url, one, 1);
      memory[slices] = await inTurns(sides, ROUNDS.memory);
    }
    const figures = { slices: TIMED, ...summary(timed, memory), timed, memory };
    writeResult('fetch', figures);
    writeFileSync(path.join(import.meta.dirname, 'results/fetch.md'), fetchReport(figures));
    console.table(figures.rows);
    console.table(figures.peaks);
  } finally {
    await orthanc.stop();
  }
}

function sidesOf(root: string, { study: of, series: wanted }: SyntheticSeries, times: number) {
  const python = process.env.PYTHON ?? 'python3';
  const peer = path.join(import.meta.dirname, 'peers/fetch.py');
  const ends = [root, of, wanted, String(times)];
  return {
    ours: [process.execPath, import.meta.filename, 'ours', ...ends],
    [APART]: [process.execPath, import.meta.filename, 'ours-apart', root, of, wanted, '2'],
    'dicomweb-client + pydicom': [python, peer, ...ends],
  };
}

async function inTurns(sides: Readonly<Record<string, readonly string[]>>, times: number) {
  const rounds: Record<string, Measured[]> = {};
  for (let round = 0; round < times; round += 1) {
    for (const [name, command] of Object.entries(sides)) {
      const measured: Measured = JSON.parse(await runProcess(command));
      console.error(name, measured.seconds, measured.peakKiB);
      rounds[name] = [...(rounds[name] ?? []), measured];
    }
  }
  const digests = new Set(Object.values(rounds).flatMap((runs) => runs.map(({ sha256 }) => sha256)));
  if (digests.size !== 1) throw new Error(`they did not read the same: ${[...digests]}`);
  return rounds;
}

function summary(timed: Record<string, Measured[]>, memory: Record<number, Record<string, Measured[]>>) {
  const rows = Object.entries(timed).map(([side, runs]) => ({
    side,
    seconds: median(runs.flatMap(({ seconds }) => seconds)),
    cpuSeconds: median(runs.flatMap(({ cpuSeconds }) => cpuSeconds)),
    frames: runs[0]?.frames ?? 0,
  }));
  const peer = rows.at(-1);
  const ratios = rows.slice(0, -1).map(({ side, seconds, cpuSeconds }) => ({
    side,
    faster: (peer?.seconds ?? Number.NaN) / seconds,
    fasterByCpu: (peer?.cpuSeconds ?? Number.NaN) / cpuSeconds,
  }));
  const peaks = Object.keys(memory[TIMED] ?? {}).map((side) => ({
    side,
    peakMiB: Object.fromEntries(
      Object.entries(memory).map(([slices, sides]) => [
        slices,
        Math.round(median((sides[side] ?? []).map((run) => run.peakKiB)) / 1024),
      ]),
    ),
  }));
  const listSeconds = median((timed.ours ?? []).flatMap(({ stages }) => stages?.list ?? []));
  return { rows, ratios, listSeconds, peaks };
}

async function upload(root: string, { slices, ...uids }: SyntheticSeries): Promise<void> {
  const archive = outsideArchive({ url: root });
  for (let slice = 0; slice < slices; slice += 1) {
    const [outcome] = await archive.store([ctSlice(uids, slice)]);
    if (!outcome?.stored) throw new Error(`Orthanc did not take slice ${slice + 1}`);
  }
}

/** @param apart every instance by a request of its own */
async function ours(apart: boolean): Promise<Measured> {
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  const stages: Record<string, number[]> = { list: [], fetch: [], decode: [] };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maskwright-bench-'));
  let frames = 0;
  let peak = 0;
  let sha256 = '';
  try {
    for (let repeat = 0; repeat < Number(repeats); repeat += 1) {
      const before = process.cpuUsage();
      const times = [performance.now()];
      const file = await new SourceSpool(folder).open();
      const source = await read(archiveAt(url, apart), file, times);
      for (let at = 0; at < source.frames.length; at += FRAMES_AT_ONCE)
        await Promise.all(source.frames.slice(at, at + FRAMES_AT_ONCE).map(decodeFrame));
      times.push(performance.now());
      const { user, system } = process.cpuUsage(before);
      cpuSeconds.push((user + system) / 1e6);
      for (const [at, name] of Object.keys(stages).entries())
        stages[name]?.push(((times[at + 1] ?? 0) - (times[at] ?? 0)) / 1000);
      seconds.push(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000);
      frames = source.frames.length;
      peak = peakKiB();
      if (repeat === 0) sha256 = await digestOf(source);
      await file.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { seconds, cpuSeconds, peakKiB: peak, frames, sha256, stages };
}

async function read(archive: Archive, file: Parameters<typeof fetchSeries>[3], times: number[]): Promise<SourceImage> {
  const job = {
    study: parseUid<StudyInstanceUID>(study, 'StudyInstanceUID'),
    series: parseUid<SeriesInstanceUID>(series, 'SeriesInstanceUID'),
  };
  const { signal } = new AbortController();
  const listed = await listSeries(archive, job, signal);
  times.push(performance.now());
  const source = assembleSource(await fetchSeries(archive, job, listed, file, signal));
  times.push(performance.now());
  return source;
}

function archiveAt(root: string, apart: boolean): Archive {
  const archive = outsideArchive({ url: root });
  if (!apart) return archive;
  return {
    ...archive,
    async *retrieveFiles(of, within, only, signal) {
      const all = only ?? (await archive.searchInstances(of, within, signal)).map((one) => one.sopInstanceUID);
      yield* archive.retrieveFiles(of, within, all, signal);
    },
  };
}

async function digestOf({ frames }: SourceImage): Promise<string> {
  const hash = createHash('sha256');
  for (const frame of frames) {
    const { data } = await decodeFrame(frame);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
