import { execFile } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tinyModels } from './testdata/tampered.ts';

const OPENS_A_MODEL = `
  const { loadBundle, openConventional } = await import(process.argv[1]);
  const model = await openConventional(await loadBundle(process.argv[2]), { executionProviders: ['cpu'], threads: 1 });
  await model.dispose();
`;

test('opening a model leaves no identifier for telemetry in the home folder', async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'maskwright-home-'));
  // Where one of these is set, ONNX Runtime keeps quiet by itself or writes elsewhere.
  const unset = {
    CI: undefined,
    GITHUB_ACTIONS: undefined,
    ORT_DISABLE_TELEMETRY: undefined,
    XDG_CACHE_HOME: undefined,
  };
  await promisify(execFile)(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      OPENS_A_MODEL,
      path.join(import.meta.dirname, 'index.ts'),
      path.join(tinyModels, 'tiny-unet'),
    ],
    { env: { ...process.env, ...unset, HOME: home } },
  );
  expect(await readdir(home, { recursive: true })).toEqual([]);
});
