import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { tinyModels } from '../test/support/tiny-models.ts';
import { doctor } from './doctor.ts';

/** Finding and part of each line. */
async function examine(config: (folder: string) => Promise<string>): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-doctor-'));
  const file = path.join(folder, 'maskwright.yaml');
  await writeFile(file, await config(folder));
  const lines: string[] = [];
  const io = {
    stdout: (text: string) => void lines.push(text),
    stderr: () => undefined,
    progress: () => ({ update: () => undefined, stop: () => undefined }),
  };
  expect(await doctor({ config: file }, io)).toBe(1);
  return lines.slice(1).map((line) => /^\S+ +[^:(]*[^:( ]/.exec(line)?.[0] ?? line);
}

test('what does not need the queue is examined where it cannot be used', async () => {
  const found = await examine(async (folder) => {
    await writeFile(path.join(folder, 'queue.sqlite'), 'a letter to my aunt '.repeat(100));
    const archive = '{ kind: outside, url: "http://127.0.0.1:1/dicom-web" }';
    return `home: ${folder}\nmodels: ${await tinyModels(path.join(folder, 'models'))}\narchive: ${archive}\ntelemetry: { otlpUrl: "http://127.0.0.1:1/v1/traces" }\n`;
  });
  expect(found).toEqual(
    expect.arrayContaining([
      'ok     inference by starter-vlsm and starter-unet',
      'WRONG  queue',
      'WRONG  archive',
      'WRONG  traces',
    ]),
  );
});

test('the queue is examined where there are no models', async () => {
  const found = await examine(async (folder) => `home: ${folder}\nmodels: ${folder}\n`);
  expect(found).toEqual(expect.arrayContaining(['WRONG  models', 'ok     queue']));
});
