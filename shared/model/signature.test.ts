import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { describeWith } from '../../test/support/needs.ts';
import { loadBundle, loadBundles, openConventional, readPrivateKey, readPublicKey } from './index.ts';
import { newKeys, signManifest } from './testdata/keys.ts';
import { copyOfModels } from './testdata/tampered.ts';

type Copy = Awaited<ReturnType<typeof copyOfModels>>;

const signature = (copy: Copy) => copy.path('tiny-unet', 'manifest.json.sig');

async function signedCopy() {
  const copy = await copyOfModels();
  const keys = await newKeys(copy.directory, 'maker');
  const sign = async (bundle: string) =>
    signManifest(copy.path(bundle), await readFile(copy.path(bundle, 'manifest.json')), keys.privateKey);
  await sign('tiny-unet');
  return { copy, keys, sign };
}

describe('trusted keys', () => {
  test('let a signed bundle in and name the key; the digest stays that of the unsigned one', async () => {
    const { copy, keys } = await signedCopy();
    await using _ = copy;
    const bundle = await loadBundle(copy.path('tiny-unet'), { trustedKeys: [keys.trusted] });
    expect(bundle.signedBy).toBe(keys.trusted.fingerprint);
    const plain = await loadBundle(copy.path('tiny-unet'));
    expect(plain.signedBy).toBeUndefined();
    expect(plain.digest).toBe(bundle.digest);
  });

  const faults: readonly (readonly [string, (copy: Copy) => Promise<unknown>, RegExp])[] = [
    ['without a signature', (copy) => rm(signature(copy)), /tiny-unet: it is not signed \(no manifest\.json\.sig\)/],
    [
      'whose manifest changed',
      (copy) => copy.edit('tiny-unet', (text) => text.replace('"threshold": 0.6', '"threshold": 0.5')),
      /is no signature of this manifest by a trusted key \(SHA256:/,
    ],
    ['with a cut signature', (copy) => truncate(signature(copy), 63), /is no signature of this manifest/],
    ['with a signature of zeros', (copy) => writeFile(signature(copy), Buffer.alloc(64)), /is no signature/],
    [
      'signed by another key',
      async (copy) => {
        const other = await newKeys(copy.directory, 'other');
        const manifest = await readFile(copy.path('tiny-unet', 'manifest.json'));
        await signManifest(copy.path('tiny-unet'), manifest, other.privateKey);
      },
      /another key, or the manifest was changed/,
    ],
  ];
  test.each(faults)('refuse a bundle %s', async (_, spoil, message) => {
    const { copy, keys } = await signedCopy();
    await using __ = copy;
    await spoil(copy);
    await expect(loadBundle(copy.path('tiny-unet'), { trustedKeys: [keys.trusted] })).rejects.toMatchObject({
      code: 'BUNDLE_UNTRUSTED',
      message: expect.stringMatching(message),
    });
  });

  test('refuse an oversized signature without reading it', async () => {
    const { copy, keys } = await signedCopy();
    await using _ = copy;
    await truncate(signature(copy), 2 ** 35);
    await expect(loadBundle(copy.path('tiny-unet'), { trustedKeys: [keys.trusted] })).rejects.toThrow(/too large/);
  });

  test('refuse a signed manifest whose graph was exchanged', async () => {
    const { copy, keys } = await signedCopy();
    await using _ = copy;
    const file = copy.path('tiny-unet', 'whole.onnx');
    await writeFile(file, (await readFile(file)).reverse());
    await expect(loadBundle(copy.path('tiny-unet'), { trustedKeys: [keys.trusted] })).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
  });

  test('refuse one bundle of a folder, while another that is open works on', async () => {
    const { copy, keys, sign } = await signedCopy();
    await using _ = copy;
    await sign('tiny-vlsm');
    const trustedKeys = [keys.trusted];
    const model = await openConventional((await loadBundles(copy.directory, { trustedKeys })).get('tiny-unet'), {
      executionProviders: ['cpu'],
      threads: 1,
    });
    await rm(signature(copy));
    const shelf = await loadBundles(copy.directory, { trustedKeys });
    expect(shelf.refused).toMatchObject([{ id: 'tiny-unet', code: 'BUNDLE_UNTRUSTED' }]);
    expect(shelf.all.map(({ id }) => id)).toEqual(['tiny-vlsm']);
    expect(() => shelf.get('tiny-unet')).toThrow(expect.objectContaining({ code: 'BUNDLE_UNTRUSTED' }));
    const image = { width: 8, height: 8, data: new Uint8Array(192) };
    expect(await model.segment([image])).toHaveLength(1);
    await model.dispose();
  });
});

describe('keys', () => {
  test('of another kind, or none at all, are refused without their text', async () => {
    await using copy = await copyOfModels();
    const { privateKey } = generateKeyPairSync('x25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [kind, text] = [copy.path('x.pem'), copy.path('text.pem')];
    await writeFile(kind, pem);
    await writeFile(text, 'secret words');
    await expect(readPublicKey(kind)).rejects.toMatchObject({
      code: 'KEY_INVALID',
      message: expect.stringMatching(/is a key of x25519/),
    });
    for (const read of [readPublicKey, readPrivateKey])
      await expect(read(text)).rejects.toMatchObject({
        code: 'KEY_INVALID',
        message: expect.not.stringContaining('secret words'),
      });
    await expect(readPublicKey(copy.path('none.pem'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  test('that are encrypted open with their passphrase alone', async () => {
    await using copy = await copyOfModels();
    const { privateKey } = generateKeyPairSync('ed25519');
    const file = copy.path('locked.key');
    const locked = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' } as const;
    await writeFile(file, privateKey.export(locked));
    expect((await readPrivateKey(file, 'right')).equals(privateKey)).toBe(true);
    await expect(readPrivateKey(file, 'wrong')).rejects.toMatchObject({ code: 'KEY_INVALID' });
    await expect(readPrivateKey(file)).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });
});

describeWith({ name: 'openssl', there: isThere('openssl') }, 'OpenSSL', () => {
  test("takes our signatures, and we take OpenSSL's keys and signatures", async () => {
    const { copy, keys } = await signedCopy();
    await using _ = copy;
    const manifest = copy.path('tiny-unet', 'manifest.json');
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' }).toString();
    const verify = ['pkeyutl', '-verify', '-pubin', '-inkey', keys.publicFile, '-rawin', '-in', manifest];
    expect(openssl(...verify, '-sigfile', signature(copy))).toContain('Verified Successfully');

    const [own, ownPublic] = [copy.path('own.key'), copy.path('own.pem')];
    openssl('genpkey', '-algorithm', 'ed25519', '-out', own);
    openssl('pkey', '-in', own, '-pubout', '-out', ownPublic);
    openssl('pkeyutl', '-sign', '-inkey', own, '-rawin', '-in', manifest, '-out', signature(copy));
    const trusted = await readPublicKey(ownPublic);
    expect((await loadBundle(copy.path('tiny-unet'), { trustedKeys: [trusted] })).signedBy).toBe(trusted.fingerprint);
  });
});

function isThere(tool: string): boolean {
  try {
    execFileSync(tool, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
