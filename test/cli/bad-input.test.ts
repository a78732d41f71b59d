import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/maskwright.ts';
import { repositoryRoot } from '../support/needs.ts';
import { tinyModels } from '../support/tiny-models.ts';

const temporary = () => mkdtemp(path.join(os.tmpdir(), 'maskwright-cli-'));
const phantom = 'fixtures/phantoms/endoscopy-04';

async function configured(text: string): Promise<string> {
  const file = path.join(await temporary(), 'maskwright.yaml');
  await writeFile(file, text);
  return file;
}

describe('bad input ends with one clear line, its remedy, and an exit code that is not 0', () => {
  test.each<[string, () => Promise<string[]> | string[], number, RegExp]>([
    ['no such command', () => ['segmentt'], 2, /unknown command 'segmentt'/],
    ['a missing option', () => ['segment', phantom], 2, /--out/],
    ['no such file', async () => ['segment', '/nowhere', '--out', await temporary()], 1, /INPUT_NOT_FOUND: \/nowhere/],
    [
      'an unknown model',
      async () => ['segment', phantom, '--model', 'gpt', '--out', await temporary()],
      1,
      /MODEL_UNKNOWN: .*gpt/,
    ],
    [
      'an unknown task',
      async () => ['segment', phantom, '--task', 'knee', '--out', await temporary()],
      1,
      /TASK_UNKNOWN: .*knee/,
    ],
    [
      'an unknown format',
      async () => ['segment', phantom, '--format', 'tiff', '--out', await temporary()],
      2,
      /--format tiff/,
    ],
    ['a picture without a task', async () => ['segment', 'docs/console.png', '--out', await temporary()], 2, /--task/],
    [
      'a configuration that is not there',
      () => ['up', '--config', '/nowhere.yaml'],
      1,
      /INPUT_NOT_FOUND: .*nowhere\.yaml/,
    ],
    [
      'a configuration with a wrong key',
      async () => ['up', '--config', await configured('archve: 1\n')],
      1,
      /CONFIG_INVALID: .*archve/,
    ],
    [
      'a home that cannot be made',
      async () => ['up', '--config', await configured('home: /dev/null/state\n')],
      1,
      /OUTPUT_UNWRITABLE: home \/dev\/null\/state cannot be made\. Check that the folder/,
    ],
    [
      'a home for the demo that cannot be made',
      () => ['demo', '--once', '--home', '/dev/null/state'],
      1,
      /OUTPUT_UNWRITABLE: .*\/dev\/null\/state/,
    ],
    ['an unknown service', () => ['up', '--service', 'viewer'], 2, /viewer.*intake, segmenter, console/],
    [
      'a PACS that is not there',
      async () => [
        'up',
        '--config',
        await configured('archive: { kind: outside, url: "http://127.0.0.1:1/dicom-web" }\n'),
      ],
      1,
      /ARCHIVE_UNREACHABLE: .*127\.0\.0\.1:1.*archive\.url/,
    ],
    [
      'a broker that is not there',
      async () => [
        'up',
        '--config',
        await configured('queue: { kind: kafka, brokers: ["127.0.0.1:1"] }\narchive: { kind: embedded, port: 0 }\n'),
      ],
      1,
      /QUEUE_UNREACHABLE: .*127\.0\.0\.1:1.*queue\.brokers/,
    ],
  ])(
    '%s',
    async (_, args, exitCode, message) => {
      const { code, stderr } = await run(await args());
      expect(stderr).toMatch(message);
      expect(code).toBe(exitCode);
    },
    60_000,
  );

  test('a file that is not DICOM, and one without pixel data, are named; the others go on', async () => {
    const folder = await temporary();
    await writeFile(path.join(folder, 'text.dcm'), 'hello');
    await cp(path.join(repositoryRoot, phantom), path.join(folder, 'good'), { recursive: true });
    const out = await temporary();
    const { code, stdout, stderr } = await run(['segment', folder, '--out', out, '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/text\.dcm: NOT_DICOM: .*Give a DICOM file/);
    const reports: { outcome: string }[] = JSON.parse(stdout);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'segmented']);
  }, 60_000);

  test('a bundle with a wrong digest is refused by name', async () => {
    const models = path.join(await temporary(), 'models');
    await cp(path.join(repositoryRoot, 'models'), models, { recursive: true });
    const manifest = path.join(models, 'starter-unet/manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${'0'.repeat(64)}"`));
    const { code, stdout } = await run(['doctor', '--config', await configured(`models: ${models}\n`)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/WRONG {2}model starter-unet: .*(digest|sha256)/i);
  }, 60_000);
});

test('doctor tells of a calibration that was fitted with another partner', async () => {
  const models = path.join(await temporary(), 'models');
  await cp(path.join(repositoryRoot, 'models'), models, { recursive: true });
  const manifest = path.join(models, 'starter-unet/manifest.json');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"notes": [', '"notes": [\n    "another",'));
  const { code, stdout } = await run(['doctor', '--config', await configured(`models: ${models}\n`)]);
  expect(stdout).toMatch(
    /^WRONG {2}calibration of starter-vlsm: it was fitted with another starter-unet .* Run maskwright calibrate$/m,
  );
  expect(stdout).toMatch(/^ok {5}inference/m);
  expect(code).toBe(1);
}, 60_000);

test('doctor finds nothing wrong with what ships', async () => {
  const { code, stdout } = await run(['doctor', '--config', await configured('home: state\n')]);
  expect(stdout).not.toMatch(/WRONG|guess/);
  expect(stdout).toMatch(/ok {5}inference/);
  expect(code).toBe(0);
}, 60_000);

test('doctor tells of a structure that a task asks for and its model has not learned', async () => {
  const catalogue = path.join(await temporary(), 'catalogue');
  await cp(path.join(repositoryRoot, 'catalogue'), catalogue, { recursive: true });
  const task = path.join(catalogue, 'tasks/polyp.yaml');
  await writeFile(task, (await readFile(task, 'utf8')).replace('name: polyp', 'name: left kidney'));
  const { stdout } = await run(['doctor', '--config', await configured(`catalogue: ${catalogue}\n`)]);
  expect(stdout).toMatch(/^guess {2}task polyp: of polyp images starter-vlsm has learned polyp, not left kidney$/m);
}, 60_000);

test('doctor names every task whose models are absent, and every two models that cannot work together', async () => {
  const catalogue = path.join(await temporary(), 'catalogue');
  await cp(path.join(repositoryRoot, 'catalogue'), catalogue, { recursive: true });
  for (const [id, models] of [
    ['polyp', '{ vlsm: starter-vlsm, conventional: absent }'],
    ['foot-ulcer', '{ vlsm: gone, conventional: absent }'],
    ['skin-lesion', '{ vlsm: starter-unet, conventional: starter-unet }'],
  ] as const) {
    const file = path.join(catalogue, `tasks/${id}.yaml`);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^models: .*$/m, `models: ${models}`));
  }
  const models = await tinyModels(await temporary());
  const { code, stdout } = await run([
    'doctor',
    '--config',
    await configured(`catalogue: ${catalogue}\nmodels: ${models}\n`),
  ]);
  expect(stdout.split('\n').filter((line) => /^WRONG|inference/.test(line))).toEqual([
    expect.stringMatching(/^WRONG {2}task foot-ulcer: MODEL_UNKNOWN: there is no model gone in .*known: starter-unet/),
    expect.stringMatching(/^WRONG {2}task foot-ulcer: MODEL_UNKNOWN: there is no model absent in /),
    expect.stringMatching(/^WRONG {2}task polyp: MODEL_UNKNOWN: there is no model absent in /),
    expect.stringMatching(
      /^ok {5}inference by starter-vlsm and starter-unet \(brain-mri, .*chest-xray.*\): ONNX Runtime/,
    ),
    expect.stringMatching(
      /^WRONG {2}inference by starter-unet and starter-unet \(skin-lesion\): BUNDLE_INVALID: bundle starter-unet is conv/,
    ),
  ]);
  expect(code).toBe(1);
}, 60_000);

test.each(['demo', 'up', 'segment', 'prompt', 'inspect', 'doctor'])('help for %s', async (command) => {
  const { code, stdout } = await run([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: maskwright ${command}`);
});
