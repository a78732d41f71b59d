import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Larger files say nothing new and cost time. */
const LARGEST = 600_000;
const root = path.resolve(import.meta.dirname, '../..');

/** The phantoms that ship, one a study, and the real and hostile files beside the checkout where they are. */
export function corpusFiles(): string[] {
  const phantoms = path.join(root, 'fixtures/phantoms');
  const shared = path.join(process.env.MASKWRIGHT_SHARED ?? path.resolve(root, '../shared'), 'data/dicom');
  const firsts = readdirSync(phantoms, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => filesUnder(path.join(phantoms, name)).slice(0, 1));
  return [...firsts, ...(existsSync(shared) ? filesUnder(shared) : [])];
}

export function read(file: string): Uint8Array {
  return new Uint8Array(readFileSync(file));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.dcm$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size <= LARGEST)
    .sort();
}
