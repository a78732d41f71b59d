import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type KeywordValues, writePart10 } from '@maskwright/dicom';
import { outsideArchive, startEmbeddedArchive } from '@maskwright/dicomweb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from './main.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'route-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const said = { out: '', err: '' };
  const code = await main(['route', ...argv], {
    stdout: (text) => (said.out += `${text}\n`),
    stderr: (text) => (said.err += `${text}\n`),
    progress: () => ({ update: () => undefined, stop: () => undefined }),
  });
  return { code, ...said };
}

const STUDY = '2.25.2';
function radiograph(index: number, others: KeywordValues = {}): Uint8Array {
  return writePart10({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1',
    SOPInstanceUID: `2.25.1.${index}`,
    StudyInstanceUID: STUDY,
    SeriesInstanceUID: '2.25.3',
    Modality: 'DX',
    BodyPartExamined: 'CHEST',
    ViewPosition: index > 0 ? 'PA' : 'LL',
    InstitutionName: 'Secret Hospital',
    PatientName: 'Secret^Patient',
    ...others,
  });
}

describe('maskwright route', () => {
  test('tells of a folder of files which task gets which series, and each rule’s word', async () => {
    for (const index of [1, 2]) await writeFile(path.join(folder, `${index}.dcm`), radiograph(index));
    await writeFile(path.join(folder, 'notes.txt'), 'not an image');
    const { code, out } = await run(folder);
    expect(code).toBe(0);
    expect(out).toContain('series 2.25.3: DX, 2 instances');
    expect(out).toContain('goes to chest-xray');
    expect(out).toMatch(/✗ polyp\n {6}✗ modality: Modality is not ES/);
    expect(out).not.toContain('Secret');
  });

  test('tells the sizes of which a task makes a result each, of its own images alone', async () => {
    const sizes = path.join(folder, 'sizes');
    await mkdir(sizes);
    for (const [index, Rows] of [400, 500, 300, 500].entries())
      await writeFile(path.join(sizes, `${index}.dcm`), radiograph(index, { Rows, Columns: 300 }));
    const { out } = await run(sizes);
    expect(out).toContain('goes to chest-xray (3 of 4)');
    expect(out).toContain(
      'chest-xray: a result for each size, 500 rows × 300 columns (2 images), 300 rows × 300 columns (1 image)',
    );
    const [{ tasks }] = JSON.parse((await run(sizes, '--json')).out);
    const told = Object.fromEntries(tasks.map((one: { task: string; sizes: unknown }) => [one.task, one.sizes]));
    expect(told['chest-xray']).toEqual([
      { matrix: '500x300', images: 2 },
      { matrix: '300x300', images: 1 },
    ]);
    expect(told.polyp).toEqual([]);
  });

  test('asks the configured archive, whether somebody serves it or not', async () => {
    const home = path.join(folder, 'home');
    const server = await startEmbeddedArchive({ directory: path.join(home, 'archive') });
    await outsideArchive({ url: server.url }).store([radiograph(1)]);
    const config = path.join(folder, 'maskwright.yaml');
    const { port } = new URL(server.url);
    await writeFile(config, `home: home\narchive: { kind: embedded, port: ${port} }\n`);
    const served = await run(STUDY, '--config', config, '--json');
    await server.close();
    const unserved = await run(STUDY, '--config', config, '--json');
    for (const { code, out } of [served, unserved]) {
      expect(code).toBe(0);
      const [series] = JSON.parse(out);
      expect(series).toMatchObject({ study: STUDY, series: '2.25.3', modality: 'DX', instances: 1 });
      const selected = series.tasks.filter((one: { selected: boolean }) => one.selected);
      expect(selected).toMatchObject([
        {
          task: 'chest-xray',
          rules: expect.arrayContaining([{ rule: 'modality', passed: true, reason: 'Modality is DX' }]),
        },
      ]);
    }
  });

  test('an unknown study, and what is no study at all', async () => {
    const config = path.join(folder, 'maskwright.yaml');
    await writeFile(config, 'home: home\narchive: { kind: embedded, port: 1 }\n');
    for (const where of ['1.2.3.4', 'no-such-folder'])
      expect(await run(where, '--config', config)).toMatchObject({
        code: 1,
        err: expect.stringContaining('INPUT_NOT_FOUND'),
      });
  });

  test('a broken file is named, the others are routed', async () => {
    await writeFile(path.join(folder, 'broken.dcm'), radiograph(1).subarray(0, 300));
    expect(await run(folder)).toMatchObject({
      code: 1,
      out: expect.stringContaining('chest-xray'),
      err: expect.stringContaining('broken.dcm'),
    });
  });
});
