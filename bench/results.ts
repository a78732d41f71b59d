import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Raw figures of one bench, with the machine that they were measured on. */
export function writeResult(name: string, figures: object): void {
  const machine = {
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    load: os.loadavg().map((one) => Number(one.toFixed(1))),
  };
  const file = path.join(import.meta.dirname, 'results', `${name}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, machine, ...figures }, null, 2)}\n`,
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
