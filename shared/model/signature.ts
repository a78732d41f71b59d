import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MaskwrightError } from '@maskwright/errors';

/** Beside manifest.json: Ed25519 (RFC 8032) over the manifest's bytes as they are, 64 bytes raw. */
export const SIGNATURE = 'manifest.json.sig';
export const SIGNATURE_BYTES = 64;

/** A key whose signatures are believed. */
export interface TrustedKey {
  /** `SHA256:` and the digest of its SubjectPublicKeyInfo in base64. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/**
 * The public key of a PEM file; of a private key's file its public half.
 * @throws MaskwrightError INPUT_NOT_FOUND, KEY_INVALID
 */
export async function readPublicKey(file: string): Promise<TrustedKey> {
  const key = ed25519(file, await readPem(file), createPublicKey);
  const digest = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  return { fingerprint: `SHA256:${digest.replace(/=+$/, '')}`, key };
}

/** @throws MaskwrightError INPUT_NOT_FOUND, KEY_INVALID (also for a wrong or absent passphrase) */
export async function readPrivateKey(file: string, passphrase?: string): Promise<KeyObject> {
  return ed25519(file, await readPem(file), (pem) =>
    createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
}

export function signatureOf(manifest: Uint8Array, key: KeyObject): Uint8Array {
  return sign(null, manifest, key);
}

/** The key whose signature it is, if it is one of `keys`. */
export function signerOf(
  manifest: Uint8Array,
  signature: Uint8Array,
  keys: readonly TrustedKey[],
): TrustedKey | undefined {
  if (signature.length !== SIGNATURE_BYTES) return undefined;
  return keys.find(({ key }) => verify(null, manifest, key, signature));
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `the key ${file} cannot be read`, { cause });
  }
}

/** OpenSSL's reasons may hold parts of what was read: a key's text never comes into a message. */
function ed25519(file: string, pem: string, read: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read(pem);
  } catch {
    throw new MaskwrightError('KEY_INVALID', `${file} holds no key in PEM that can be read with what was given`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new MaskwrightError('KEY_INVALID', `${file} is a key of ${key.asymmetricKeyType ?? 'another kind'}`);
  return key;
}
