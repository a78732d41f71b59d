import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tinyModels } from '../test/support/tiny-models.ts';
import { doctor } from './doctor.ts';

type Configure = (folder: string) => Promise<string>;

/** What is said of a configuration in which something is wrong. */
async function report(config: Configure): Promise<string[]> {
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
  return lines.slice(1);
}

/** Finding and part of each line. */
async function examine(config: Configure): Promise<string[]> {
  return (await report(config)).map((line) => /^\S+ +[^:(]*[^:( ]/.exec(line)?.[0] ?? line);
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

test('models are opened where they would be used, and not in the memory of another service', async () => {
  const found = await examine(async (folder) => {
    const archive = '{ kind: outside, url: "http://127.0.0.1:1/dicom-web" }';
    const models = await tinyModels(path.join(folder, 'models'));
    return `services: [intake, console]\nhome: ${folder}\nmodels: ${models}\narchive: ${archive}\n`;
  });
  expect(found).toEqual(expect.arrayContaining(['ok     models', 'ok     queue', 'WRONG  archive']));
  expect(found.join('\n')).not.toContain('inference');
});

test('a port for C-STORE that the running service has is a finding about the archive, and says so', async () => {
  const service = createServer().listen(0);
  onTestFinished(() => void service.close());
  await once(service, 'listening');
  const address = service.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const found = await report(async (folder) => {
    const archive = `{ kind: dimse, host: 127.0.0.1, calledAeTitle: PACS, listenPort: ${port} }`;
    return `services: [intake]\nhome: ${folder}\narchive: ${archive}\n`;
  });
  expect(found.filter((line) => line.startsWith('WRONG'))).toEqual([
    expect.stringMatching(
      /^WRONG {2}archive: .*archive\.listenPort: port \d+ is in use, by the running service perhaps/,
    ),
  ]);
});
