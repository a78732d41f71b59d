import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { StudyEntry } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { expect, test } from 'vitest';
import { archiveCheck, diskCheck, type ReadinessParts, readinessChecks, unfitTasks } from './readiness.ts';

const never = new AbortController().signal;
const gib = 2 ** 30;

function archive() {
  const state = { open: true, answers: true, asked: 0 };
  return {
    state,
    availability: { isOpen: () => state.open, opened: async () => undefined },
    async *searchStudies(): AsyncGenerator<StudyEntry> {
      state.asked += 1;
      if (!state.answers) throw new MaskwrightError('ARCHIVE_DENIED', 'http://pacs answered 401');
      yield* [];
    },
  };
}

test('the archive is asked anew only after a while, or after its circuit was open', async () => {
  const pacs = archive();
  let now = 0;
  const { look, glance } = archiveCheck('archive', pacs, () => now);
  expect([await look(never), await look(never), pacs.state.asked]).toEqual([undefined, undefined, 1]);
  pacs.state.open = false;
  expect([await look(never), glance?.()]).toEqual([
    expect.stringContaining('left alone'),
    expect.stringContaining('left alone'),
  ]);
  pacs.state.open = true;
  pacs.state.answers = false;
  await expect(look(never)).rejects.toThrow('answered 401');
  await expect(look(never)).rejects.toThrow('answered 401');
  pacs.state.answers = true;
  expect([await look(never), pacs.state.asked]).toEqual([undefined, 4]);
  now = 30_000;
  await look(never);
  expect(pacs.state.asked).toBe(5);
});

test('a disk that is full, or cannot be written, is a reason', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-ready-'));
  expect(await diskCheck(folder, async () => gib).look(never)).toBeUndefined();
  expect(await diskCheck(folder, async () => 3 * 2 ** 20).look(never)).toContain('less than 128 MiB are free');
  await rm(folder, { recursive: true });
  await expect(diskCheck(folder, async () => gib).look(never)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  await expect(diskCheck(folder).look(never)).rejects.toThrow();
});

const task = { id: 'polyp', models: { vlsm: 'v', conventional: 'c' } };
const parts = (over: object): ReadinessParts => {
  const pacs = archive();
  // Tasks and bundles have many fields; only these are looked at.
  return {
    archive: pacs,
    target: pacs,
    queue: { check: async () => undefined },
    tasks: [task],
    bundles: { get: () => undefined },
    ...over,
  } as never;
};
const looked = async (given: ReadinessParts, part: string) =>
  readinessChecks(given)
    .find((check) => check.part === part)
    ?.look(never);

test.each<[string, object, readonly string[]]>([
  ['only asks', {}, ['queue', 'archive', 'models']],
  ['has another target', { target: archive() }, ['queue', 'archive', 'target archive', 'models']],
  ['segments', { load: async () => 0, home: '.' }, ['queue', 'archive', 'models', 'loaded models', 'disk']],
])('a process that %s', (_, over, expected) => {
  expect(readinessChecks(parts(over)).map(({ part }) => part)).toEqual(expected);
});

test('a model that a task names and that is refused or absent is a reason', async () => {
  const get = (id: string) => {
    throw new MaskwrightError('BUNDLE_UNTRUSTED', `bundle ${id} has no signature`);
  };
  expect(await looked(parts({}), 'models')).toBeUndefined();
  expect(await looked(parts({ bundles: { get } }), 'models')).toBe(
    'task polyp: BUNDLE_UNTRUSTED: bundle v has no signature',
  );
});

test('every model that is absent is named, with its task', () => {
  const get = (id: string) => {
    if (id !== 'v') throw new MaskwrightError('MODEL_UNKNOWN', `there is no model ${id}`);
  };
  const { tasks, bundles } = parts({
    tasks: [
      task,
      { id: 'heart', models: { vlsm: 'v', conventional: 'v' } },
      { id: 'lung', models: { vlsm: 'x', conventional: 'y' } },
    ],
    bundles: { get },
  });
  expect(unfitTasks(tasks, bundles)).toEqual([
    'task polyp: MODEL_UNKNOWN: there is no model c',
    'task lung: MODEL_UNKNOWN: there is no model x',
    'task lung: MODEL_UNKNOWN: there is no model y',
  ]);
});

test('models are loaded at the first look; what cannot be loaded is tried again', async () => {
  let loads = 0;
  const load = async () => {
    loads += 1;
    if (loads === 1) throw new MaskwrightError('INFERENCE_FAILED', 'no such device');
  };
  const check = readinessChecks(parts({ load })).find(({ part }) => part === 'loaded models');
  expect(await check?.look(never)).toBe('being loaded');
  await new Promise(setImmediate);
  expect(await check?.look(never)).toBe('not all could be loaded: INFERENCE_FAILED: no such device');
  await new Promise(setImmediate);
  expect([check?.glance?.(), await check?.look(never), loads]).toEqual([undefined, undefined, 2]);
});

test('a broker that is away is a reason', async () => {
  const check = async () => {
    throw new MaskwrightError('QUEUE_UNREACHABLE', 'Kafka at k does not answer');
  };
  await expect(looked(parts({ queue: { check } }), 'queue')).rejects.toThrow('does not answer');
});
