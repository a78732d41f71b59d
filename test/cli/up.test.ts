import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { type KafkaBroker, startKafka } from '../support/kafka.ts';
import { type Maskwright, maskwright } from '../support/maskwright.ts';
import { describeWith, needs } from '../support/needs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-up-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With a folder of its own as `home`, and any free port for the console. */
async function configFile(name: string, config: object): Promise<string> {
  const file = path.join(folder, `${name}.yaml`);
  await writeFile(file, stringify({ home: name, console: { port: 0 }, ...config }));
  return file;
}

function start(args: readonly string[]): Maskwright {
  const started = maskwright(args);
  onTestFinished(async () => void (await started.kill('SIGKILL')));
  return started;
}

/** Files and folders, and the folder itself (''), with what others may do to them. */
async function modesIn(home: string): Promise<Map<string, string>> {
  const names = ['', ...(await readdir(home, { recursive: true }))];
  const modes = names.map(async (name): Promise<[string, string]> => {
    const { mode } = await stat(path.join(home, name));
    return [name, (mode & 0o077).toString(8)];
  });
  return new Map(await Promise.all(modes));
}

test.each<[string, (home: string) => Promise<readonly string[]>, (process: Maskwright) => Promise<unknown>]>([
  [
    'up',
    async () => ['up', '--config', await configFile('up', { archive: { kind: 'embedded', port: 0 } })],
    async (process) => {
      await process.saw(/"msg":"console"/);
      await process.kill('SIGTERM');
    },
  ],
  [
    'demo',
    async (home) => ['demo', '--home', home, '--out', `${home}-out`, '--images', folder, '--port', '0'],
    ({ ended }) => ended,
  ],
])(
  'a new home, and what is made in it, is for its owner alone: %s',
  async (name, args, until) => {
    const home = path.join(folder, name);
    await until(start(await args(home)));
    const modes = await modesIn(home);
    expect([...modes.keys()]).toEqual(expect.arrayContaining(['', 'queue.sqlite', 'archive/index.sqlite']));
    expect([...modes].filter(([, others]) => others !== '0')).toEqual([]);
  },
  60_000,
);

/** What a collector of logs makes of what was said. */
function logOf(up: Maskwright): unknown[] {
  return up
    .output()
    .stderr.trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test.each([
  ['PACS', 'ARCHIVE_UNREACHABLE', { archive: { kind: 'outside', url: 'http://127.0.0.1:1/dicom-web' } }],
  ['broker', 'QUEUE_UNREACHABLE', { queue: { kind: 'kafka', brokers: ['127.0.0.1:1'] } }],
])(
  'a %s that is not there ends the process, which says in JSON that those that run wait',
  async (name, code, config) => {
    const up = start(['up', '--config', await configFile(name, { archive: { kind: 'embedded', port: 0 }, ...config })]);
    expect(await up.ended).toBe(1);
    expect(logOf(up).at(-1)).toMatchObject({
      code,
      msg: expect.stringMatching(/^the process ends: .*services that run wait for it/),
    });
  },
  60_000,
);

describeWith(needs.kafka, 'with a real Kafka broker', () => {
  let kafka: KafkaBroker;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 120_000);
  afterAll(() => kafka?.stop());

  test('an operations port that is taken ends the process, and is named', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const operationsPort = typeof address === 'object' && address ? address.port : 0;
    const config = await configFile('taken', {
      archive: { kind: 'embedded', port: 0 },
      queue: { kind: 'kafka', brokers: kafka.brokers, partitions: 1 },
      telemetry: { operationsPort },
    });
    const up = start(['up', '--config', config]);
    expect(await up.ended).toBe(1);
    expect(up.output().stderr).toContain(`telemetry.operationsPort: cannot listen on 127.0.0.1:${operationsPort}`);
    other.close();
  }, 60_000);

  test('each line of the log is JSON', async () => {
    const config = await configFile('json', {
      archive: { kind: 'embedded', port: 0 },
      queue: { kind: 'kafka', brokers: kafka.brokers, partitions: 1 },
    });
    const up = start(['up', '--config', config]);
    await up.saw(/"msg":"console"/);
    await up.kill('SIGTERM');
    expect(logOf(up)).toContainEqual(expect.objectContaining({ msg: 'running' }));
  }, 60_000);
});
