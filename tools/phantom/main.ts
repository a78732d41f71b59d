import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MaskwrightError } from '@maskwright/errors';
import { ctStudy } from './ct-study.ts';
import { endoscopyStudy } from './endoscopy-study.ts';
import { FIXTURES } from './fixtures.ts';
import { encodeJpeg, encodeMask } from './picture.ts';
import { radiographStudy } from './radiograph-study.ts';
import type { PhantomStudy } from './study.ts';
import { writeStudy } from './study-files.ts';
import { type PhantomKind, picturesOf, viewOf } from './training-images.ts';

const USAGE = `usage: node tools/phantom/main.ts --out DIR --seed N [--kind cxr|ct|endoscopy] [--count N] [--format dicom|images] [--npy]
       node tools/phantom/main.ts --out DIR --fixtures

dicom: DIR/<study>/*.dcm and DIR/masks/<study>.<structure>.png (--npy: also DIR/masks/<study>.npy)
images: DIR/<id>.jpg and DIR/<id>.<structure>.png
Seeds 1 to 99 are for fixtures and tests; train on seeds from 1000 on only.`;

try {
  await run(optionsFrom(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof MaskwrightError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}

async function run(options: ReturnType<typeof optionsFrom>): Promise<void> {
  if (options.help) return console.log(USAGE);
  const folder = options.out ?? usage('--out is needed');
  if (options.fixtures) {
    for (const study of FIXTURES) await writeStudy(study(), folder, options);
    return;
  }
  const kind = kindOf(options.kind);
  const first = positive(options.seed, '--seed');
  for (let seed = first; seed < first + positive(options.count, '--count'); seed += 1) {
    if (options.format === 'dicom') await writeStudy(studyOf(kind, seed), folder, options);
    else if (options.format === 'images') await writePictures(kind, seed, folder);
    else usage(`--format ${options.format} is unknown`);
  }
}

function optionsFrom(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        out: { type: 'string' },
        seed: { type: 'string', default: '1' },
        kind: { type: 'string', default: 'cxr' },
        count: { type: 'string', default: '1' },
        format: { type: 'string', default: 'dicom' },
        npy: { type: 'boolean', default: false },
        fixtures: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : 'wrong options', cause);
  }
}

function studyOf(kind: PhantomKind, seed: number): PhantomStudy {
  if (kind === 'ct') return ctStudy({ seed });
  if (kind === 'endoscopy') return endoscopyStudy({ seed });
  const view = viewOf(seed);
  return view === 'PA'
    ? radiographStudy({ seed, view, modality: 'CR', photometric: 'MONOCHROME2' })
    : radiographStudy({ seed, view, modality: 'DX', photometric: 'MONOCHROME1' });
}

async function writePictures(kind: PhantomKind, seed: number, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { id, picture, masks } of picturesOf(kind, seed)) {
    await writeFile(path.join(folder, `${id}.jpg`), encodeJpeg(picture));
    for (const [structure, mask] of Object.entries(masks)) {
      const name = structure === '' ? id : `${id}.${structure}`;
      await writeFile(path.join(folder, `${name}.png`), encodeMask(mask, picture.width));
    }
  }
}

function kindOf(text: string): PhantomKind {
  const kinds: readonly PhantomKind[] = ['cxr', 'ct', 'endoscopy'];
  return kinds.find((kind) => kind === text) ?? usage(`--kind ${text} is unknown`);
}

function positive(text: string, option: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : usage(`${option} must be a whole number from 1 on`);
}

function usage(message: string, cause?: unknown): never {
  throw new MaskwrightError('USAGE', message, { cause });
}
