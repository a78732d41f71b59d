import { createHash, generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CASES_HEADER, writeDiscs } from '../support/discs.ts';
import { run } from '../support/maskwright.ts';
import { tinyModels } from '../support/tiny-models.ts';

const COUNT = 64;
const SLOW = { timeout: 240_000 };

describe('calibrate', () => {
  let folder = '';
  let lines: string[] = [];
  let models = '';
  let bundle = '';
  const calibrate = (cases: string, ...more: string[]) =>
    run([
      'calibrate',
      '--cases',
      path.join(folder, cases),
      '--models',
      models,
      '--work',
      path.join(folder, 'work'),
      '--shifts',
      '1',
      ...more,
    ]);
  const table = (name: string, rows: readonly string[], header = CASES_HEADER) =>
    writeFile(path.join(folder, name), [header, ...rows].join('\n'));
  const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
  const manifest = () => json(path.join(bundle, 'manifest.json'));

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-calibrate-'));
    models = await tinyModels(path.join(folder, 'models'));
    bundle = path.join(models, 'starter-vlsm');
    lines = await writeDiscs(folder, { count: COUNT });
    await table('all.csv', lines);
    await table('few.csv', lines.slice(0, 10));
    await table('faulty.csv', [
      ...lines.slice(0, 30),
      ...lines.slice(30).map((line) => line.replace('.mask', '.gone')),
    ]);
    await table('columns.csv', lines, 'picture,truth,target,attributes,dataset');
    const grouped = `${CASES_HEADER},group`;
    await table(
      'groups.csv',
      lines.map((line, index) => `${line},patient ${index % 4}`),
      grouped,
    );
    await table(
      'lost.csv',
      lines.map((line, index) => (index < 60 ? `${line},patient` : `${line.replace('.mask', '.gone')},${index}`)),
      grouped,
    );
    await table('empty.csv', []);
  });

  test.each<[string, string, readonly string[], number, RegExp]>([
    ['a set that is too small', 'few.csv', ['--shifts', '2'], 2, /USAGE: 30 usable masks are too few: 60 are needed/],
    ['too few groups', 'groups.csv', [], 2, /USAGE: 4 groups .* too few: 5 are needed; the column "group"/],
    ['a table without masks', 'columns.csv', [], 2, /USAGE: .*columns\.csv has no column image, mask/],
    ['a table without cases', 'empty.csv', [], 2, /USAGE: .*empty\.csv has no cases/],
    ['a table that is not there', 'nothing.csv', [], 1, /INPUT_NOT_FOUND: .*nothing\.csv/],
    ['a wrong number of copies', 'all.csv', ['--shifts', 'x'], 2, /--shifts x: 0 to 8/],
    ['an unknown model', 'all.csv', ['--model', 'gpt'], 1, /MODEL_UNKNOWN: .*gpt/],
    ['a key that is none', 'all.csv', ['--key', 'package.json'], 1, /KEY_INVALID: package\.json/],
  ])('refuses %s, and leaves the bundle as it is', SLOW, async (_, cases, more, code, message) => {
    const answer = await calibrate(cases, ...more);
    expect(answer.stderr).toMatch(message);
    expect(answer.code).toBe(code);
    expect(await manifest()).not.toHaveProperty('calibration');
  });

  test('refuses a bundle that cannot be written, before any work', SLOW, async () => {
    const inTheWay = path.join(bundle, 'calibration.json.part');
    await mkdir(inTheWay);
    const { code, stderr } = await calibrate('all.csv');
    await rm(inTheWay, { recursive: true });
    expect(stderr).toMatch(/OUTPUT_UNWRITABLE: .*starter-vlsm.*calibration\.json\.part/);
    expect(code).toBe(1);
    expect(await manifest()).not.toHaveProperty('calibration');
  });

  test('names the cases with a fault, and refuses where too few are left', SLOW, async () => {
    const { code, stderr } = await calibrate('faulty.csv', '--shifts', '0');
    expect(stderr).toMatch(/40\.png \(heart\): INPUT_NOT_FOUND: .*40\.gone\.png/);
    expect(stderr).toMatch(/30 usable masks are too few/);
    expect(code).toBe(2);
    expect(await manifest()).not.toHaveProperty('calibration');
  });

  test('refuses where the faults leave too few groups', SLOW, async () => {
    const { code, stderr } = await calibrate('lost.csv', '--shifts', '0');
    expect(stderr).toMatch(/63\.png \(heart\): INPUT_NOT_FOUND/);
    expect(stderr).toMatch(/USAGE: 1 groups of usable masks are too few: 5 are needed/);
    expect(code).toBe(2);
    expect(await manifest()).not.toHaveProperty('calibration');
  });

  test('puts prediction, date and digests into the bundle; the same cases give the same', SLOW, async () => {
    const started = Date.now();
    const first = await calibrate('all.csv');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/starter-vlsm: calibrated on 128 masks$/m);
    const measured = JSON.parse(first.stdout);
    expect(measured).toMatchObject({ model: 'starter-vlsm', meanAbsoluteError: expect.any(Number) });
    expect(measured.oracle).toBeGreaterThanOrEqual(Math.max(measured.vlsm, measured.conventional));

    const content = await readFile(path.join(bundle, 'calibration.json'));
    const calibration = JSON.parse(content.toString('utf8'));
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect((await manifest()).calibration).toEqual({ file: 'calibration.json', sha256, bytes: content.length });
    expect(Date.parse(calibration.at)).toBeGreaterThanOrEqual(started);
    expect(Date.parse(calibration.at)).toBeLessThanOrEqual(Date.now());
    const listed = await run(['bundle', 'inspect', path.join(models, 'starter-unet'), '--json']);
    expect(calibration).toMatchObject({
      partner: { id: 'starter-unet', digest: JSON.parse(listed.stdout).digest },
      data: { images: COUNT, masks: 2 * COUNT, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      usual: { 'chest-xray/heart': expect.any(Number) },
      interval: { coverage: 0.9 },
    });
    expect((await run(['bundle', 'check', models])).code).toBe(0);

    // From its journal: nothing is run again, and only the date is another.
    expect((await calibrate('all.csv')).code).toBe(0);
    const again = await json(path.join(bundle, 'calibration.json'));
    expect({ ...again, at: '' }).toEqual({ ...calibration, at: '' });
  });

  test.each<[string, (manifest: Record<string, object>) => Promise<object>]>([
    ['input', async ({ input }) => ({ input: { ...input, mean: [101, 102, 103] } })],
    [
      'tokenizer',
      async ({ tokenizer }) => {
        const file = path.join(bundle, 'tokenizer.json');
        await appendFile(file, '\n');
        const content = await readFile(file);
        const sha256 = createHash('sha256').update(content).digest('hex');
        return { tokenizer: { ...tokenizer, sha256, bytes: content.length } };
      },
    ],
  ])('a bundle with another %s is asked again, whatever the journal holds', SLOW, async (_, changed) => {
    const journal = async () =>
      (await readFile(path.join(folder, 'work/journal.jsonl'), 'utf8')).match(/^\{/gm)?.length;
    const before = await manifest();
    await writeFile(
      path.join(bundle, 'manifest.json'),
      JSON.stringify({ ...before, ...(await changed(before)) }, null, 2),
    );
    const lines = (await journal()) ?? 0;
    const { code, stderr } = await calibrate('all.csv', '--shifts', '0');
    expect(code, stderr).toBe(0);
    expect(await journal()).toBe(lines + COUNT);
  });

  test('is used from then on', SLOW, async () => {
    const out = path.join(folder, 'out');
    const { code } = await run([
      'evaluate',
      '--cases',
      path.join(folder, 'few.csv'),
      '--models',
      models,
      '--out',
      out,
      '--model',
      'auto',
    ]);
    expect(code).toBe(0);
    const rows = (await readFile(path.join(out, 'cases.csv'), 'utf8')).trim().split('\n').slice(1);
    for (const row of rows) expect(Number(row.split(',')[6])).toBeGreaterThan(0);
    expect(rows).toHaveLength(10);
  });

  test('does not break a signature unseen: it refuses, or signs again with the key', SLOW, async () => {
    const keys = generateKeyPairSync('ed25519');
    const [secret, shown] = [path.join(folder, 'key.pem'), path.join(folder, 'key.pub.pem')];
    await writeFile(secret, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(shown, keys.publicKey.export({ type: 'spki', format: 'pem' }));
    await run(['bundle', 'sign', bundle, '--key', secret]);
    const before = await readFile(path.join(bundle, 'manifest.json'), 'utf8');

    const refused = await calibrate('all.csv');
    expect(refused.stderr).toMatch(/BUNDLE_UNTRUSTED: the bundle is signed.*--key/);
    expect(refused.code).toBe(1);
    expect(await readFile(path.join(bundle, 'manifest.json'), 'utf8')).toBe(before);

    const signed = await calibrate('all.csv', '--key', secret);
    expect(signed.stderr).toMatch(/calibrated on 128 masks, and signed again/);
    expect(await readFile(path.join(bundle, 'manifest.json'), 'utf8')).not.toBe(before);
    expect((await run(['bundle', 'verify', bundle, '--key', shown])).code).toBe(0);
  });
});
