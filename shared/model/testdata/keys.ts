import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPublicKey, SIGNATURE, signatureOf } from '../signature.ts';

/** A new pair of Ed25519 keys, and their files in PEM. */
export async function newKeys(folder: string, name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [privateFile, publicFile] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.pem`)];
  await writeFile(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  return { privateKey, privateFile, publicFile, trusted: await readPublicKey(publicFile) };
}

export async function signManifest(bundle: string, manifest: Uint8Array, key: KeyObject): Promise<void> {
  await writeFile(path.join(bundle, SIGNATURE), signatureOf(manifest, key));
}
