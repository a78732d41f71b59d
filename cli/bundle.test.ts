import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { newKeys } from '../shared/model/testdata/keys.ts';
import { field } from '../shared/model/testdata/onnx-writer.ts';
import { copyOfModels } from '../shared/model/testdata/tampered.ts';
import { repositoryRoot } from '../test/support/needs.ts';
import { main } from './main.ts';

const testdata = path.join(repositoryRoot, 'shared/model/testdata');

type Copy = Awaited<ReturnType<typeof copyOfModels>>;

async function bundle(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const progress = () => ({ update: () => undefined, stop: () => undefined });
  const code = await main(['bundle', ...args], {
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
    progress,
  });
  return { code, stdout: out.join('\n'), stderr: err.join('\n') };
}

describe('bundle check', () => {
  test('names each bundle of a folder OK or refused, with the reason and what to do', async () => {
    await using copy = await copyOfModels();
    await truncate(copy.path('tiny-unet', 'whole.onnx'), 10);
    const { code, stdout, stderr } = await bundle('check', copy.directory);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^refused {2}\S+tiny-unet: BUNDLE_INVALID: .*whole\.onnx has 10 bytes.* Install the bundle/m,
    );
    expect(stdout).toMatch(/^OK {7}\S+tiny-vlsm: tiny-vlsm 1\.0\.0$/m);
    expect(stderr).toBe('1 of 2 bundles refused');
  });

  test('takes bundles and archives by name, as JSON', async () => {
    await using copy = await copyOfModels();
    const archive = copy.path('a.tar');
    expect((await bundle('pack', copy.path('tiny-unet'), '--out', archive)).code).toBe(0);
    await writeFile(copy.path('b.tar'), 'no tar');
    execFileSync('mkfifo', [copy.path('pipe.tar')]);
    const { code, stdout } = await bundle(
      'check',
      copy.path('tiny-vlsm'),
      archive,
      copy.path('b.tar'),
      copy.path('none'),
      copy.path('pipe.tar'),
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { verdict: 'ok', id: 'tiny-vlsm', version: '1.0.0' },
      { verdict: 'ok', id: 'tiny-unet' },
      { verdict: 'refused', code: 'BUNDLE_INVALID', reason: expect.stringContaining('not a plain tar') },
      { verdict: 'refused', code: 'INPUT_NOT_FOUND' },
      { verdict: 'refused', code: 'INPUT_UNREADABLE', reason: expect.stringContaining('not a regular file') },
    ]);
  });

  test('warns of classes without a code, which do not keep a bundle from being used', async () => {
    await using copy = await copyOfModels();
    const code = '"code": {"scheme": "SCT", "value": "80891009", "meaning": "Heart"}';
    await copy.edit('tiny-unet', (text) => text.replace('"name": "heart",', `"name": "heart", ${code},`));
    const checked = await bundle('check', copy.directory);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(/^warning {2}\S+tiny-vlsm: 1 of 1 classes have no code: chest-xray\/heart$/m);
    expect(checked.stdout).not.toMatch(/warning.*tiny-unet/);
    const { stdout } = await bundle('check', copy.directory, '--json');
    const warnings = JSON.parse(stdout).map(({ id, warnings: [first] }: { id: string; warnings: string[] }) => [
      id,
      first,
    ]);
    expect(Object.fromEntries(warnings)).toEqual({
      'tiny-unet': undefined,
      'tiny-vlsm': '1 of 1 classes have no code: chest-xray/heart',
    });
  });

  test.each([
    [
      'whose graph answers with what are no numbers',
      () => readFile(path.join(testdata, 'not-a-number.onnx')),
      /tiny-unet: INFERENCE_FAILED: .*logits holds values that are not numbers/,
    ],
    [
      'whose graph has other input names',
      () => readFile(path.join(testdata, 'models/tiny-vlsm/text.onnx')),
      /tiny-unet: BUNDLE_INVALID: .*pixel_values/,
    ],
    [
      'whose graph describes its input by what is no message',
      async () => field(7, field(11, Uint8Array.of(0x80))),
      /tiny-unet: BUNDLE_INVALID: .*whole\.onnx is not an ONNX graph/,
    ],
  ])('refuses a bundle %s, and the other one goes on', async (_, graph, reason) => {
    await using copy = await copyOfModels();
    await copy.exchange('tiny-unet', 'whole.onnx', await graph());
    const { code, stdout } = await bundle('check', copy.directory);
    expect(code).toBe(1);
    expect(stdout).toMatch(reason);
    expect(stdout).toMatch(/^OK {7}\S+tiny-vlsm/m);
  });

  test('refuses a bundle whose tokenizer fails only where it is used, and the other one goes on', async () => {
    await using copy = await copyOfModels();
    const tokenizer = JSON.parse(await readFile(copy.path('tiny-vlsm', 'tokenizer.json'), 'utf8'));
    tokenizer.post_processor.single = null;
    await copy.exchange('tiny-vlsm', 'tokenizer.json', Buffer.from(JSON.stringify(tokenizer)));
    const { code, stdout } = await bundle('check', copy.directory);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^refused {2}\S+tiny-vlsm: BUNDLE_INVALID: bundle tiny-vlsm, tokenizer\.json: .*\. Install the bundle/m,
    );
    expect(stdout).toMatch(/^OK {7}\S+tiny-unet/m);
  });

  test('refuses a second bundle of the same id in a folder of models, as the services do', async () => {
    await using copy = await copyOfModels();
    await cp(copy.path('tiny-unet'), copy.path('unet-again'), { recursive: true });
    const { code, stdout, stderr } = await bundle('check', copy.directory);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^refused {2}\S+unet-again: BUNDLE_INVALID: bundle unet-again: its id tiny-unet is that of folder tiny-unet/m,
    );
    expect(stdout.match(/^OK/gm)).toHaveLength(2);
    expect(stderr).toBe('1 of 3 bundles refused');
    expect((await bundle('check', copy.path('tiny-unet'), copy.path('unet-again'))).code).toBe(0);
  });

  test('does not obey terminal escapes in a manifest', async () => {
    await using copy = await copyOfModels();
    await copy.edit('tiny-unet', (text) => text.replace('"1.0.0"', '"\\u001b[2J"'));
    const { stdout } = await bundle('check', copy.path('tiny-unet'));
    expect(stdout).toContain('tiny-unet \\u001b[2J');
  });
});

describe('bundle sign and verify', () => {
  test('a signed bundle is good under its key alone, packed or not, and may be asked for by check', async () => {
    await using copy = await copyOfModels();
    const [maker, other] = [await newKeys(copy.directory, 'maker'), await newKeys(copy.directory, 'other')];
    const folder = copy.path('tiny-unet');
    expect(await bundle('verify', folder, '--key', maker.publicFile)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/BUNDLE_UNTRUSTED: .*it is not signed/),
    });
    expect((await bundle('sign', folder, '--key', maker.privateFile)).code).toBe(0);
    const archive = copy.path('a.tar');
    expect((await bundle('pack', folder, '--out', archive)).code).toBe(0);
    for (const place of [folder, archive]) {
      expect(await bundle('verify', place, '--key', other.publicFile, maker.publicFile)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`signed by ${maker.trusted.fingerprint}`),
      });
      expect((await bundle('verify', place, '--key', other.publicFile)).code).toBe(1);
    }
    const checked = await bundle('check', copy.path('tiny-vlsm'), folder, '--key', maker.publicFile);
    expect(checked.code).toBe(1);
    expect(checked.stdout).toMatch(/refused .*tiny-vlsm: BUNDLE_UNTRUSTED/);
    expect(checked.stdout).toMatch(/OK .*tiny-unet 1\.0\.0, signed by SHA256:/);
  });

  test.each<[string, (copy: Copy) => Promise<unknown>, string, RegExp]>([
    ['a bundle without a signature', async () => {}, 'tiny-unet', /BUNDLE_UNTRUSTED: .*it is not signed/],
    [
      'a broken signature',
      (copy) => writeFile(copy.path('tiny-unet', 'manifest.json.sig'), Buffer.alloc(64)),
      'tiny-unet',
      /BUNDLE_UNTRUSTED: .*is no signature of this manifest/,
    ],
    ['a place that is not there', async () => {}, 'nowhere', /INPUT_NOT_FOUND: \S+nowhere cannot be read/],
  ])('verify names %s on stderr too', async (_, spoil, place, reason) => {
    await using copy = await copyOfModels();
    const { publicFile } = await newKeys(copy.directory, 'maker');
    await spoil(copy);
    const { code, stdout, stderr } = await bundle('verify', copy.path(place), '--key', publicFile);
    expect(stderr).toMatch(reason);
    expect(stdout).toMatch(reason);
    expect(code).toBe(1);
  });

  test('a broken bundle and a wrong key are never signed', async () => {
    await using copy = await copyOfModels();
    const keys = await newKeys(copy.directory, 'maker');
    expect(await bundle('sign', copy.path('tiny-unet'), '--key', keys.publicFile)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('KEY_INVALID'),
    });
    await truncate(copy.path('tiny-unet', 'whole.onnx'), 10);
    expect((await bundle('sign', copy.path('tiny-unet'), '--key', keys.privateFile)).code).toBe(1);
    expect(await readdir(copy.path('tiny-unet'))).not.toContain('manifest.json.sig');
  });
});

describe('bundle pack and unpack', () => {
  test('names what cannot be written', async () => {
    await using copy = await copyOfModels();
    const { code, stderr } = await bundle('pack', copy.path('tiny-unet'), '--out', copy.directory);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/OUTPUT_UNWRITABLE: \S+\. Check/) });
    const keys = await newKeys(copy.directory, 'maker');
    await mkdir(copy.path('tiny-unet', 'manifest.json.sig.part'));
    expect(await bundle('sign', copy.path('tiny-unet'), '--key', keys.privateFile)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/OUTPUT_UNWRITABLE: \S+manifest\.json\.sig\. Check/),
    });
  });

  test('brings digests up to date, says what it leaves out, and unpacks to a bundle that is OK', async () => {
    await using copy = await copyOfModels();
    await writeFile(copy.path('tiny-unet', 'README.md'), 'not named');
    const statistics = copy.path('tiny-unet', 'domain-chest-xray.json');
    await writeFile(statistics, `${await readFile(statistics, 'utf8')}\n`);
    const archive = copy.path('a.tar');
    const packed = await bundle('pack', copy.path('tiny-unet'), '--out', archive);
    expect(packed).toMatchObject({ code: 0, stdout: `packed tiny-unet 1.0.0: ${archive}` });
    expect(packed.stderr).toContain('manifest.json: new digest of domain-chest-xray.json');
    expect(packed.stderr).toContain('left out: README.md');
    const models = await mkdtemp(path.join(os.tmpdir(), 'maskwright-unpack-'));
    expect((await bundle('unpack', archive, '--into', models)).code).toBe(0);
    expect((await bundle('check', models)).code).toBe(0);
    expect((await bundle('unpack', archive, '--into', models)).code).toBe(1);
    await rm(models, { recursive: true });
  });
});

describe('bundle inspect', () => {
  const starter = path.join(repositoryRoot, 'models/starter-unet');

  test('tells what hospital IT asks', async () => {
    const { code, stdout } = await bundle('inspect', starter);
    expect(code).toBe(0);
    for (const words of [
      'For research use only.',
      'architecture',
      'licence',
      'polyp',
      'kvasir-seg',
      'signature     none',
      'input 384 × 384',
      'drawn as an ellipse',
      'less where unsure (temperature',
    ])
      expect(stdout).toContain(words);
    expect(stdout).toMatch(/kvasir-seg, polyp \(prompt name\): 0\.\d{3} \(0\.\d{3}–0\.\d{3}\), n = \d+/);
  });

  test.each([
    ['unsigned', undefined, 'unsigned'],
    ['signed, without a key to look with', [], 'not verified'],
    ['signed by the key', ['maker'], 'trusted'],
    ['signed by another', ['other'], 'not trusted'],
  ] as const)('says of its signature: %s', async (_, keys, state) => {
    await using copy = await copyOfModels();
    const folder = copy.path('tiny-unet');
    const files = { maker: await newKeys(copy.directory, 'maker'), other: await newKeys(copy.directory, 'other') };
    if (keys) await bundle('sign', folder, '--key', files.maker.privateFile);
    const given = (keys ?? []).flatMap((name) => ['--key', files[name].publicFile]);
    const { code, stdout } = await bundle('inspect', folder, '--json', ...given);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'tiny-unet', tasks: [], signature: { state } });
  });

  test('refuses a broken bundle', async () => {
    await using copy = await copyOfModels();
    await rm(copy.path('tiny-unet', 'whole.onnx'));
    expect(await bundle('inspect', copy.path('tiny-unet'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('whole.onnx cannot be read (ENOENT)'),
    });
  });
});

describe('bundle schema', () => {
  test('is the documented file (`maskwright bundle schema > docs/bundle-manifest.schema.json`)', async () => {
    const { stdout } = await bundle('schema');
    const file = path.join(repositoryRoot, 'docs/bundle-manifest.schema.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(stdout));
  });
});

test('bundle pack without --out is wrong usage', async () => {
  expect((await bundle('pack', 'x')).code).toBe(2);
});
