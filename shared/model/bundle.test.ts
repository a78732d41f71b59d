import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { loadBundle, loadBundles } from './index.ts';
import { field } from './testdata/onnx-writer.ts';
import { copyOfModels, externalConstant, externalWeights, tinyModels } from './testdata/tampered.ts';

// Intake needs only digests: nothing in this file may load the runtime.
vi.mock('onnxruntime-node', () => {
  throw new Error('ONNX Runtime was loaded');
});

/** The reasons of docs/bundles.md, which says of each what to do; N, KEY, A, B and … stand for anything. */
const documented = await readFile(path.join(repositoryRoot, 'docs/bundles.md'), 'utf8');
const documentedReasons = documented
  .slice(documented.indexOf('| reason (part of the message)'))
  .split('\n')
  .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)])
  .map(([, words = '']) => new RegExp(words.replaceAll('.', '\\.').replace(/\b(N|KEY|A|B)\b|…/g, '.*')));

type Copy = Awaited<ReturnType<typeof copyOfModels>>;

describe('loadBundle', () => {
  test('gives the manifest, its digest, rules, classes and domains', async () => {
    const bundle = await loadBundle(`${tinyModels}/tiny-vlsm`);
    const bytes = await readFile(`${tinyModels}/tiny-vlsm/manifest.json`);
    expect(bundle).toMatchObject({ id: 'tiny-vlsm', version: '1.0.0', kind: 'vlsm' });
    expect(bundle.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(bundle.rule('chest-xray', 'heart')).toMatchObject({ threshold: 0.6, minAreaFraction: 0.1 });
    expect(bundle.rule('ct-torso', 'heart')).toEqual({ threshold: 0.5, minAreaFraction: 0 });
    expect(bundle.classesOf('chest-xray')).toEqual(['heart']);
    expect(bundle.classesOf('ct-torso')).toEqual([]);
    expect(bundle.domains.get('chest-xray')).toMatchObject({ modalities: ['CR', 'DX'], dim: 3, near: 1, far: 2 });
  });

  const faults: readonly (readonly [string, (copy: Copy) => Promise<unknown>, RegExp])[] = [
    [
      'a changed byte',
      async (copy) => {
        const file = copy.path('tiny-vlsm', 'decoder.onnx');
        const bytes = await readFile(file);
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
      /decoder\.onnx has sha256 [0-9a-f]{64}, the manifest says/,
    ],
    [
      'a shortened file',
      (copy) => truncate(copy.path('tiny-vlsm', 'text.onnx'), 100),
      /text\.onnx has 100 bytes, the manifest says \d+/,
    ],
    [
      'a missing graph file',
      (copy) => rm(copy.path('tiny-vlsm', 'image.onnx')),
      /image\.onnx cannot be read \(ENOENT\)/,
    ],
    [
      'a family in a size that the graph does not take',
      (copy) =>
        copy.edit('tiny-vlsm', (text) =>
          text.replace('"modalities":', '"input": { "width": 8, "height": 16 }, "modalities":'),
        ),
      /image\.onnx: pixel_values is any × 3 × 8 × 8, the manifest says any × 3 × 16 × 8 \(the input of chest-xray\)/,
    ],
    [
      'a graph that the manifest leaves out',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"decoder": {', '"decoders": {')),
      /manifest\.json at graphs/,
    ],
    [
      'an unknown key',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"notes"', '"trusted": true, "notes"')),
      /manifest\.json: .*trusted/,
    ],
    [
      'another schema',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('bundle/1', 'bundle/2')),
      /manifest\.json at schema/,
    ],
    [
      'an unknown kind',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"kind": "vlsm"', '"kind": "magic"')),
      /manifest\.json at kind/,
    ],
    [
      'a class that comes twice',
      (copy) =>
        copy.edit('tiny-vlsm', (text) => {
          const manifest = JSON.parse(text);
          return JSON.stringify({ ...manifest, classes: [...manifest.classes, ...manifest.classes] });
        }),
      /manifest\.json at classes\.1: chest-xray\/heart comes twice/,
    ],
    [
      'a path to the folder above',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"text.onnx"', '"../tiny-unet/whole.onnx"')),
      /\.\.\/tiny-unet\/whole\.onnx points out of the bundle/,
    ],
    [
      'a path with backslashes',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"text.onnx"', '"x\\\\..\\\\..\\\\y"')),
      /points out of the bundle/,
    ],
    [
      'an absolute path',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"text.onnx"', '"/etc/hostname"')),
      /\/etc\/hostname points out of the bundle/,
    ],
    [
      'a link out of the bundle',
      async (copy) => {
        await rm(copy.path('tiny-vlsm', 'text.onnx'));
        await symlink(`${tinyModels}/tiny-vlsm/text.onnx`, copy.path('tiny-vlsm', 'text.onnx'));
      },
      /text\.onnx is a link out of the bundle/,
    ],
    [
      'weights in another file',
      async (copy) => copy.exchange('tiny-vlsm', 'image.onnx', await readFile(externalWeights)),
      /image\.onnx keeps weights in another file/,
    ],
    [
      'a constant of a branch in another file',
      async (copy) => copy.exchange('tiny-vlsm', 'image.onnx', await readFile(externalConstant)),
      /image\.onnx keeps weights in another file/,
    ],
    [
      'a graph that is no ONNX',
      (copy) => copy.exchange('tiny-vlsm', 'image.onnx', Buffer.from('<html>not found</html>')),
      /image\.onnx is not an ONNX graph/,
    ],
    ...['input', 'output'].map(
      (end, n) =>
        [
          `a graph whose ${end} is described by what is no message`,
          (copy: Copy) => copy.exchange('tiny-vlsm', 'image.onnx', field(7, field(11 + n, Uint8Array.of(0x80)))),
          /image\.onnx is not an ONNX graph/,
        ] as const,
    ),
    [
      'the format of ONNX Runtime',
      (copy) => copy.exchange('tiny-vlsm', 'image.onnx', Buffer.from('\x1c\0\0\0ORTM\0\0\0\0')),
      /image\.onnx is in the ORT format/,
    ],
    [
      'a manifest that is not JSON',
      (copy) => writeFile(copy.path('tiny-vlsm', 'manifest.json'), '{'),
      /manifest\.json is not JSON/,
    ],
    [
      'a manifest that is too large',
      (copy) => truncate(copy.path('tiny-vlsm', 'manifest.json'), 2 ** 30),
      /manifest\.json is too large: 1073741824 bytes, at most 4194304/,
    ],
    [
      'a graph that grew to many gigabytes, without reading it',
      (copy) => truncate(copy.path('tiny-vlsm', 'text.onnx'), 2 ** 36),
      /text\.onnx has 68719476736 bytes, the manifest says/,
    ],
    [
      'an input too large for memory',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"width": 8', '"width": 20000')),
      /manifest\.json at input\.width: /,
    ],
    [
      'another input size than the graph takes',
      (copy) => copy.edit('tiny-vlsm', (text) => text.replace('"width": 8', '"width": 16')),
      /image\.onnx: pixel_values is any × 3 × 8 × 8, the manifest says any × 3 × 8 × 16/,
    ],
    [
      'a folder in place of a file',
      async (copy) => {
        await rm(copy.path('tiny-vlsm', 'text.onnx'));
        await mkdir(copy.path('tiny-vlsm', 'text.onnx'));
      },
      /text\.onnx is not a file/,
    ],
    [
      'a document that changed',
      async (copy) => {
        const document = { file: 'CARD.md', sha256: 'a'.repeat(64), bytes: 4 };
        await writeFile(copy.path('tiny-vlsm', 'CARD.md'), 'card');
        await copy.edit('tiny-vlsm', (text) => JSON.stringify({ ...JSON.parse(text), documents: [document] }));
      },
      /CARD\.md has sha256 [0-9a-f]{64}, the manifest says a{64}/,
    ],
    [
      'itself as a document',
      (copy) => {
        const document = { file: 'manifest.json', sha256: 'a'.repeat(64), bytes: 4 };
        return copy.edit('tiny-vlsm', (text) => JSON.stringify({ ...JSON.parse(text), documents: [document] }));
      },
      /manifest\.json at documents\.0\.file: manifest\.json is never a document/,
    ],
    [
      'a graph with other outputs',
      async (copy) => copy.exchange('tiny-vlsm', 'decoder.onnx', await readFile(copy.path('tiny-vlsm/text.onnx'))),
      /decoder\.onnx: no output logits; it has last_hidden_state/,
    ],
    [
      'an image graph without what the decoder needs',
      async (copy) => copy.exchange('tiny-vlsm', 'image.onnx', await readFile(copy.path('tiny-unet/whole.onnx'))),
      /decoder needs f2, the image graph gives logits, pooled/,
    ],
    [
      'a decoder without words',
      async (copy) => copy.exchange('tiny-vlsm', 'decoder.onnx', await readFile(copy.path('tiny-unet/whole.onnx'))),
      /takes no words .* it has pixel_values/,
    ],
    [
      'statistics of another length',
      async (copy) => {
        const text = await readFile(copy.path('tiny-vlsm', 'domain-chest-xray.json'), 'utf8');
        await copy.exchange('tiny-vlsm', 'domain-chest-xray.json', Buffer.from(text.replace('"dim": 3', '"dim": 4')));
      },
      /domain-chest-xray\.json at mean: 3 values, dim is 4/,
    ],
  ];
  test('refuses a structure whose channel the graph has not', async () => {
    await using copy = await copyOfModels();
    await copy.edit('tiny-unet', (text) => text.replace('"channel": 0', '"channel": 3'));
    await expect(loadBundle(copy.path('tiny-unet'))).rejects.toThrow(
      /heart is channel 3 \(counted from 0\), the graph has 3 channels/,
    );
  });
  test.each(faults)('refuses %s, naming it', async (_, spoil, message) => {
    await using copy = await copyOfModels();
    await spoil(copy);
    const loading = loadBundle(copy.path('tiny-vlsm'));
    await expect(loading).rejects.toMatchObject({ code: 'BUNDLE_INVALID', message: expect.stringMatching(message) });
    await expect(loading).rejects.toThrow(/^bundle tiny-vlsm: /);
    const said = await loading.catch((error: unknown) => String(error));
    expect(documentedReasons.some((reason) => reason.test(String(said)))).toBe(true);
  });
});

describe('loadBundles', () => {
  test('refuses the broken one and loads the other', async () => {
    await using copy = await copyOfModels();
    await truncate(copy.path('tiny-unet', 'whole.onnx'), 10);
    const shelf = await loadBundles(copy.directory);
    expect(shelf.all.map(({ id }) => id)).toEqual(['tiny-vlsm']);
    expect(shelf.refused).toMatchObject([
      { id: 'tiny-unet', reason: expect.stringContaining('whole.onnx has 10 bytes') },
    ]);
    expect(shelf.get('tiny-vlsm').id).toBe('tiny-vlsm');
    expect(() => shelf.get('tiny-unet')).toThrow(expect.objectContaining({ code: 'BUNDLE_INVALID' }));
    expect(() => shelf.get('other')).toThrow(
      expect.objectContaining({ code: 'MODEL_UNKNOWN', message: expect.stringContaining('known: tiny-vlsm') }),
    );
  });

  test('refuses a second bundle with the same id', async () => {
    await using copy = await copyOfModels();
    await copy.edit('tiny-unet', (text) => text.replace('"tiny-unet"', '"tiny-vlsm"'));
    const shelf = await loadBundles(copy.directory);
    expect(shelf.all).toHaveLength(1);
    expect(shelf.refused).toMatchObject([{ id: 'tiny-vlsm', reason: expect.stringContaining('is that of folder') }]);
  });

  test('passes over folders without a manifest', async () => {
    await using copy = await copyOfModels();
    await mkdir(copy.path('notes'));
    expect((await loadBundles(copy.directory)).refused).toEqual([]);
  });

  test.each([
    ['no folder', 'nowhere', 'INPUT_NOT_FOUND'],
    ['a folder without bundles', 'empty', 'BUNDLE_INVALID'],
  ])('says so for %s', async (_, name, code) => {
    await using copy = await copyOfModels();
    await mkdir(copy.path('empty'));
    await expect(loadBundles(copy.path(name))).rejects.toMatchObject({ code, message: expect.stringContaining(name) });
  });
});
