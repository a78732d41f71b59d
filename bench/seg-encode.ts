/**
 * A SEG of 120 × 512 × 512 with 5 segments: ours (encodeSeg) against highdicom's, from the same masks, headers and codes, in
 * turns within one run. Time: masks in memory to the bytes of the file in memory, median of the repeats. Memory: highest
 * resident set of the process, with the language, the libraries and the masks in it: after the first object, and after all
 * of them, where each side lets go of one before it makes the next.
 *
 *     node bench/seg-encode.ts            PYTHON: a Python with highdicom
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parsePart10, writePart10 } from '@maskwright/dicom';
import { assembleSource } from '@maskwright/image';
import { encodeSeg, segUids } from '@maskwright/result';
import { peakKiB, runProcess } from './child-process.ts';
import { ctHeader } from './ct-series.ts';
import { median, writeResult } from './results.ts';

const SHAPE = { slices: 120, rows: 512, columns: 512 };
const SEGMENTS = 5;
const REPEATS = 5;
const ROUNDS = 5;

interface Measured {
  readonly seconds: readonly number[];
  /** Of the processor: what the wall clock says depends on who else is at work. */
  readonly cpuSeconds: readonly number[];
  /** After the first of the repeats. */
  readonly peakOfFirstKiB: number;
  readonly peakKiB: number;
  readonly bytes: number;
  readonly frames: number;
  /** Pixels that are set, so that it is seen that both wrote the same. */
  readonly pixels: number;
}

const [role, folder = ''] = process.argv.slice(2);
if (role === 'ours') process.stdout.write(JSON.stringify(ours(folder)));
else await compare();

async function compare(): Promise<void> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'maskwright-bench-'));
  try {
    writeInput(work);
    const python = process.env.PYTHON ?? 'python3';
    const peer = path.join(import.meta.dirname, 'peers/seg_encode.py');
    const sides = {
      ours: [process.execPath, import.meta.filename, 'ours', work],
      highdicom: [python, peer, work, String(SEGMENTS), String(REPEATS), 'stacked'],
      // Its own shortcut for segments that do not overlap: one array of labels, which is a fifth of the input.
      'highdicom, from labels': [python, peer, work, String(SEGMENTS), String(REPEATS), 'labels'],
    } as const;
    const rounds: Record<string, (Measured & { readonly load: number })[]> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, command] of Object.entries(sides)) {
        const measured: Measured = JSON.parse(await runProcess(command));
        // Of the last minute: others use the machine too.
        const load = Number(os.loadavg()[0]?.toFixed(1));
        rounds[name] = [...(rounds[name] ?? []), { load, ...measured }];
      }
    }
    const rows = Object.entries(rounds).map(([side, runs]) => ({
      side,
      seconds: median(runs.flatMap(({ seconds }) => seconds)),
      cpuSeconds: median(runs.flatMap(({ cpuSeconds }) => cpuSeconds)),
      peakOfFirstMiB: Math.round(median(runs.map(({ peakOfFirstKiB }) => peakOfFirstKiB)) / 1024),
      peakMiB: Math.round(median(runs.map(({ peakKiB }) => peakKiB)) / 1024),
      frames: runs[0]?.frames,
      pixels: runs[0]?.pixels,
      bytes: runs[0]?.bytes,
    }));
    const [own, ...peers] = rows;
    const ratios = peers.map((peer) => ({
      against: peer.side,
      faster: Number((peer.seconds / (own?.seconds ?? Number.NaN)).toFixed(1)),
      fasterByCpu: Number((peer.cpuSeconds / (own?.cpuSeconds ?? Number.NaN)).toFixed(1)),
      memoryOfFirst: Number(((own?.peakOfFirstMiB ?? Number.NaN) / peer.peakOfFirstMiB).toFixed(2)),
      memory: Number(((own?.peakMiB ?? Number.NaN) / peer.peakMiB).toFixed(2)),
    }));
    writeResult('seg-encode', { shape: SHAPE, segments: SEGMENTS, rows, ratios, rounds });
    console.table(rows);
    console.table(ratios);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Headers of a CT, and five ellipsoids beside each other: one byte a pixel, segment after segment. */
function writeInput(work: string): void {
  const { slices, rows, columns } = SHAPE;
  for (let slice = 0; slice < slices; slice += 1) {
    const name = String(slice + 1).padStart(3, '0');
    writeFileSync(path.join(work, `${name}.dcm`), header(slice));
  }
  const size = slices * rows * columns;
  const masks = Buffer.alloc(SEGMENTS * size);
  const labels = Buffer.alloc(size);
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const centre = { z: 30 + 15 * segment, y: 256, x: 60 + 95 * segment };
    for (let z = 0; z < slices; z += 1) {
      for (let y = 0; y < rows; y += 1) {
        const rest = 1 - ((z - centre.z) / 40) ** 2 - ((y - centre.y) / 150) ** 2;
        if (rest <= 0) continue;
        const half = Math.floor(45 * Math.sqrt(rest));
        const first = (z * rows + y) * columns + centre.x - half;
        const last = first + 2 * half + 1;
        masks.fill(1, segment * size + first, segment * size + last);
        labels.fill(segment + 1, first, last);
      }
    }
  }
  writeFileSync(path.join(work, 'masks.raw'), masks);
  writeFileSync(path.join(work, 'labels.raw'), labels);
}

function header(slice: number): Uint8Array {
  return writePart10({
    ...ctHeader(slice),
    SOPInstanceUID: `1.2.826.0.1.3680043.10.1.${slice + 1}`,
    StudyInstanceUID: '1.2.826.0.1.3680043.10.2',
    SeriesInstanceUID: '1.2.826.0.1.3680043.10.3',
    FrameOfReferenceUID: '1.2.826.0.1.3680043.10.4',
  });
}

function ours(work: string): Measured {
  const files = readdirSync(work).filter((name) => name.endsWith('.dcm'));
  const source = assembleSource(files.map((name) => parsePart10(readFileSync(path.join(work, name)))));
  const bytes = readFileSync(path.join(work, 'masks.raw'));
  const { slices: frames, rows, columns } = SHAPE;
  const size = frames * rows * columns;
  const code = { value: '85756007', scheme: 'SCT', meaning: 'Tissue' };
  const segments = Array.from({ length: SEGMENTS }, (_, index) => ({
    target: {
      name: `part ${index + 1}`,
      label: `Part ${index + 1}`,
      category: code,
      type: code,
      color: [200, 40 * index, 60] as const,
    },
    mask: { frames, rows, columns, data: bytes.subarray(index * size, (index + 1) * size) },
    prompt: 'part in a computed tomography image',
    promptType: 'P1',
  }));
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  let file: Uint8Array = new Uint8Array();
  let peakOfFirst = 0;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    file = new Uint8Array();
    const started = performance.now();
    const before = process.cpuUsage();
    file = encodeSeg({
      source,
      segments,
      uids: segUids('bench', SEGMENTS),
      algorithm: { name: 'bench', version: '1' },
      assessment: 'None.',
      at: new Date('2026-01-02T03:04:05Z'),
      seriesDescription: 'Parts',
    });
    seconds.push((performance.now() - started) / 1000);
    const { user, system } = process.cpuUsage(before);
    cpuSeconds.push((user + system) / 1e6);
    if (repeat === 0) peakOfFirst = peakKiB();
  }
  const peak = peakKiB();
  const { dataset, pixelData } = parsePart10(file);
  const [packed = new Uint8Array()] = pixelData ?? [];
  return {
    seconds,
    cpuSeconds,
    peakOfFirstKiB: peakOfFirst,
    peakKiB: peak,
    bytes: file.length,
    frames: Number(dataset['00280008']?.Value?.[0]),
    pixels: bitsIn(packed),
  };
}
function bitsIn(bytes: Uint8Array): number {
  let sum = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) sum += 1;
  return sum;
}
