import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { items, matrixOf, parsePart10, text } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { lateralOf } from '../test/support/lateral.ts';
import { repositoryRoot } from '../test/support/needs.ts';
import { shorterOf } from '../test/support/shorter.ts';
import { phantomFile } from '../test/support/starter-models.ts';
import { type SegmentOptions, segment } from './segment.ts';
import type { Terminal } from './terminal.ts';

const endoscopy = path.join(repositoryRoot, 'fixtures/phantoms/endoscopy-04');
const ct = path.join(repositoryRoot, 'fixtures/phantoms/chest-ct-03');

const silent: Terminal = {
  stdout: () => undefined,
  stderr: () => undefined,
  progress: () => ({ update: () => undefined, stop: () => undefined }),
};

/** What `segment` says of the endoscopy, with the files that it wrote. */
async function segmented(options: Partial<SegmentOptions>) {
  const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-segment-'));
  const err: string[] = [];
  const io = { ...silent, stderr: (text: string) => void err.push(text) };
  const code = await segment([endoscopy], { out, format: 'png', ...options }, io);
  return { code, said: err.join('\n'), files: await readdir(out) };
}

test.each([[''], [';'], [' ; ;']])('a prompt of separators only, %j, is wrong usage', async (prompt) => {
  await expect(segmented({ prompt })).rejects.toMatchObject({ code: 'USAGE' });
});

test.each([
  ['left kidney', 'left kidney'],
  ['polyp; heart', 'heart'],
  ['a pink bump', 'a pink bump'],
])('words that do not name the target get no mask under its name: %j', { timeout: 60_000 }, async (prompt, other) => {
  const { code, said, files } = await segmented({ target: 'polyp', prompt });
  expect(code).toBe(2);
  expect(said).toContain(`--prompt "${other}" does not name the --target polyp`);
  expect(files).toEqual([]);
});

test.each(['Polyp', 'POLYP'])(
  'a target is known by its name in other letters: %s',
  { timeout: 60_000 },
  async (target) => {
    expect(await segmented({ target })).toMatchObject({ code: 0, files: ['endoscopy-04.polyp.png'] });
  },
);

test('a structure that is asked for twice has files of its own each time', { timeout: 60_000 }, async () => {
  const { code, files } = await segmented({ prompt: 'polyp; large polyp', format: 'png,nifti' });
  expect(code).toBe(0);
  expect(files.sort()).toEqual(
    ['polyp-2.nii.gz', 'polyp-2.png', 'polyp.nii.gz', 'polyp.png'].map((end) => `endoscopy-04.${end}`),
  );
});

test('where every fault is of the command line, that is the exit code', { timeout: 60_000 }, async () => {
  const { code, said } = await segmented({ target: 'liver' });
  expect(said).toContain('task polyp has no target liver; it has polyp');
  expect(code).toBe(2);
  const text = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-segment-')), 'a.txt');
  await writeFile(text, 'no image');
  const options = { out: path.dirname(text), format: 'png', target: 'liver' };
  expect(await segment([endoscopy, text], options, silent)).toBe(1);
});

test('a mask that cannot be written leaves the older one as it was', { timeout: 60_000 }, async () => {
  const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-segment-'));
  await writeFile(path.join(out, 'endoscopy-04.polyp.png'), 'an older mask');
  await mkdir(path.join(out, 'endoscopy-04.polyp.png.part'));
  const { code, said } = await segmented({ out });
  expect(code).toBe(1);
  expect(said).toContain('OUTPUT_UNWRITABLE');
  expect(await readFile(path.join(out, 'endoscopy-04.polyp.png'), 'utf8')).toBe('an older mask');
});

test('words that name the target are asked as they are', { timeout: 60_000 }, async () => {
  const { code, files } = await segmented({ target: 'polyp', prompt: 'the small Polyp' });
  expect(code).toBe(0);
  expect(files).toEqual(['endoscopy-04.polyp.png']);
});

test.each([
  ['that is not there', undefined, 'INPUT_NOT_FOUND', /attributes\.json$/],
  ['that are not JSON', '{', 'USAGE', /attributes\.json is not JSON$/],
])('attributes %s are named', async (_, content, code, message) => {
  const attributes = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-attributes-')), 'attributes.json');
  if (content !== undefined) await writeFile(attributes, content);
  await expect(segmented({ attributes })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('attributes with a byte order mark are read', { timeout: 60_000 }, async () => {
  const attributes = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-attributes-')), 'attributes.json');
  await writeFile(attributes, '\uFEFF{"color": "red"}');
  expect(await segmented({ attributes })).toMatchObject({ code: 0, files: ['endoscopy-04.polyp.png'] });
});

test('a folder for the masks that cannot be made is named', async () => {
  const out = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-segment-')), 'out');
  await writeFile(out, '');
  const refusal = { code: 'OUTPUT_UNWRITABLE', message: out };
  await expect(segment([endoscopy], { out, format: 'png' }, silent)).rejects.toMatchObject(refusal);
});

test.each(['a-lateral.dcm', 'z-lateral.dcm'])(
  'a frontal radiograph is segmented beside a lateral one of its series (%s), which gets no mask and is told',
  { timeout: 60_000 },
  async (name) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-series-'));
    const frontal = await phantomFile('chest-pa-cr-01');
    await writeFile(path.join(folder, 'frontal.dcm'), frontal);
    await writeFile(path.join(folder, name), lateralOf(frontal));
    const out = path.join(folder, 'out');
    const err: string[] = [];
    const code = await segment([folder], { out, format: 'seg' }, { ...silent, stderr: (text) => void err.push(text) });
    expect(code).toBe(0);
    expect(err.join()).toContain("1 of 2 images of the series are not chest-xray's and were left out: ViewPosition");
    const [seg = ''] = await readdir(out);
    const { dataset } = parsePart10(await readFile(path.join(out, seg)));
    const [series] = items(dataset, 'ReferencedSeriesSequence');
    expect(
      items(series ?? {}, 'ReferencedInstanceSequence').map((one) => text(one, 'ReferencedSOPInstanceUID')),
    ).toEqual([parsePart10(frontal).sopInstanceUID]);
  },
);

test('photographs of two sizes in one series get a SEG a size, named after it', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-series-'));
  const photograph = await phantomFile('endoscopy-04');
  await writeFile(path.join(folder, 'a.dcm'), photograph);
  await writeFile(path.join(folder, 'b.dcm'), shorterOf(photograph));
  const out = path.join(folder, 'out');
  expect(await segment([folder], { out, format: 'seg' }, silent)).toBe(0);
  const segs = await Promise.all((await readdir(out)).sort().map((name) => readFile(path.join(out, name))));
  const [whole, half] = [photograph, shorterOf(photograph)].map((file) => matrixOf(parsePart10(file).dataset));
  expect(await readdir(out)).toEqual([`a-${half}.seg.dcm`, `a-${whole}.seg.dcm`].sort());
  const sizes = segs.map((seg) => matrixOf(parsePart10(seg).dataset));
  expect(new Set(sizes)).toEqual(new Set([whole, half]));
});

test('a format that cannot hold the masks is told of, and the others are written', { timeout: 120_000 }, async () => {
  const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-segment-'));
  const [said, reports] = [Array.of<string>(), Array.of<string>()];
  const io = {
    ...silent,
    stderr: (text: string) => void said.push(text),
    stdout: (text: string) => void reports.push(text),
  };
  const uneven = ['11', '12', '14'].map((number) => path.join(ct, `chest-ct-03-${number}.dcm`));
  expect(await segment(uneven, { out, format: 'seg,nifti', json: true }, io)).toBe(1);
  expect(said.join('\n')).toMatch(/NIfTI cannot hold frames that lie up to .* beside an even grid; use --format seg/);
  expect(await readdir(out)).toEqual([expect.stringMatching(/\.seg\.dcm$/)]);
  expect(JSON.parse(reports.join(''))).toEqual([
    expect.objectContaining({
      outcome: 'segmented',
      files: [expect.stringMatching(/\.seg\.dcm$/)],
      refused: [expect.stringContaining('NIfTI cannot hold')],
    }),
  ]);
});
