/**
 * What a sweep costs, by the size of the archive: `node bench/sweep.ts [--sizes 1000,10000,100000]`. An origin server in this
 * process answers QIDO-RS and metadata from memory, so that the figures are of intake, not of a PACS. Writes
 * bench/results/sweep.json and sweep.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadCatalogue } from '@maskwright/catalogue';
import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { outsideArchive } from '@maskwright/dicomweb';
import { embeddedQueue } from '@maskwright/queue';
import { startTelemetry } from '@maskwright/telemetry';
import { Agenda } from '../services/intake/agenda.ts';
import { Completeness } from '../services/intake/completeness.ts';
import { Absences } from '../services/intake/deletions.ts';
import { StudyMemory } from '../services/intake/memory/index.ts';
import { sweep } from '../services/intake/sweep.ts';
import { sweepQuery } from '../services/intake/sweep-window.ts';
import { visitStudy } from '../services/intake/visit.ts';
import { startOrigin } from './sweep-origin.ts';

const CHANGED = 10;
/** Studies that were never seen; the others are remembered, as from an earlier run. */
const NEW = 100;
const NOW = new Date('2026-11-25T12:00:00Z');

interface Row {
  readonly studies: number;
  readonly sweep: string;
  readonly listed: number;
  readonly looks: number;
  readonly requests: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

const { values } = parseArgs({ options: { sizes: { type: 'string', default: '1000,10000,100000' } } });
const rows: Row[] = [];
for (const size of values.sizes.split(',').map(Number)) rows.push(...(await measure(size)));
await report(rows);

async function measure(size: number): Promise<Row[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sweep-bench-'));
  const origin = await startOrigin(size, NOW);
  const telemetry = startTelemetry({ service: 'bench', version: '0', logLevel: 'error' });
  const queue = embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
  const memory = new StudyMemory(path.join(folder, 'intake.sqlite'), 'basis');
  const agenda = new Agenda();
  const deps = {
    archive: outsideArchive({ url: origin.url }),
    catalogue: await loadCatalogue(path.join(import.meta.dirname, '..', 'catalogue')),
    bundleDigest: (id: string) => id,
    completeness: new Completeness({ quietMs: 0, patienceMs: 0 }),
    absences: new Absences(0),
    now: () => new Date(),
    telemetry,
    queue,
    memory,
    agenda,
  };
  const signal = new AbortController().signal;
  const found: Row[] = [];
  const run = async (name: string, which: Parameters<typeof sweep>[1]) => {
    const before = { requests: origin.requests(), cpu: process.cpuUsage(), at: performance.now() };
    const listing = sweep(deps, which, signal);
    let isListed = false;
    const listed = listing.finally(() => {
      isListed = true;
    });
    // Looks at what the sweep finds while it goes on, as intake does.
    while (!isListed || agenda.size > 0) {
      const next = agenda.take(Number.POSITIVE_INFINITY);
      if ('wait' in next) {
        await Promise.race([listed, agenda.change(20, signal)]);
        continue;
      }
      await visitStudy(deps, next, signal);
      agenda.done(next.study);
    }
    const result = await listed;
    const cpu = process.cpuUsage(before.cpu);
    const row: Row = {
      studies: size,
      sweep: name,
      listed: result.listed,
      looks: result.looks,
      requests: origin.requests() - before.requests,
      ms: Math.round(performance.now() - before.at),
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
    };
    found.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
    return { newest: result.newest, tookMs: row.ms };
  };
  for (let index = NEW; index < size; index++) {
    const study = parseUid<StudyInstanceUID>(`2.25.9.${index}`, 'StudyInstanceUID');
    memory.studies.reconciled(study, { answer: '1', fingerprint: `2.25.9.${index}.1:1` }, NOW.getTime());
  }
  const first = await run(`whole list, ${NEW} new`, { query: {}, whole: true });
  const options = { sweepSeconds: 60, overlapDays: 2 };
  const whole = { began: NOW.getTime() - 61_000, tookMs: Math.max(first.tookMs, 10_000) };
  const usual = sweepQuery({ newest: first.newest, whole }, options, NOW);
  await run('usual, nothing changed', usual);
  origin.change(CHANGED);
  await run(`usual, ${CHANGED} changed`, usual);
  await run('whole list, nothing changed', { query: {}, whole: true });
  origin.ignoreDates();
  await run('usual, archive passes over StudyDate', usual);
  memory.close();
  await queue.close();
  await telemetry.shutdown();
  await origin.close();
  await rm(folder, { recursive: true, force: true });
  return found;
}

async function report(all: readonly Row[]): Promise<void> {
  const folder = path.join(import.meta.dirname, 'results');
  const machine = {
    node: process.version,
    cpu: os.cpus()[0]?.model ?? '',
    cores: os.cpus().length,
    load: os.loadavg(),
  };
  await writeFile(path.join(folder, 'sweep.json'), `${JSON.stringify({ machine, rows: all }, null, 2)}\n`);
  const head =
    '| studies | sweep | in the answers | looked at | requests | ms | CPU ms | RSS MiB |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n';
  const lines = all.map(
    (row) =>
      `| ${row.studies} | ${row.sweep} | ${row.listed} | ${row.looks} | ${row.requests} | ${row.ms} | ${row.cpuMs} | ${row.rssMiB} |`,
  );
  const note = `\nServer and intake in one process (CPU and RSS are of both, RSS with the server's list); ${machine.cpu}, ${machine.cores} cores, load ${machine.load.map((one) => one.toFixed(1)).join(' ')} at the end, Node ${machine.node}. 20 studies are of today, the others spread over ten years. A look at a study is two requests (series, metadata) and its job.\n`;
  await writeFile(path.join(folder, 'sweep.md'), `# What a sweep costs\n\n${head}${lines.join('\n')}\n${note}`);
}
