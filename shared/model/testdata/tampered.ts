import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export const tinyModels = path.join(import.meta.dirname, 'models');
/** A conventional model that is split, with a decoder of its own for chest-xray. */
export const tinySplit = path.join(import.meta.dirname, 'split', 'tiny-split');
export const notANumber = path.join(import.meta.dirname, 'not-a-number.onnx');
export const externalWeights = path.join(import.meta.dirname, 'external-weights.onnx');
export const externalConstant = path.join(import.meta.dirname, 'external-constant.onnx');

/** A copy of the tiny models that a test may spoil; it is gone after `await using`. */
export async function copyOfModels() {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-models-'));
  await cp(tinyModels, directory, { recursive: true });
  return {
    directory,
    path: (...parts: string[]) => path.join(directory, ...parts),
    /** Rewrites words of a manifest. */
    async edit(bundle: string, replace: (manifest: string) => string) {
      const file = path.join(directory, bundle, 'manifest.json');
      await writeFile(file, replace(await readFile(file, 'utf8')));
    },
    /** Puts other bytes in a file's place and makes the manifest agree with them. */
    async exchange(bundle: string, name: string, content: Uint8Array) {
      await writeFile(path.join(directory, bundle, name), content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const entry = new RegExp(`("file": "${name}",\\s*"sha256": )"[0-9a-f]+",(\\s*"bytes": )\\d+`);
      await this.edit(bundle, (manifest) => manifest.replace(entry, `$1"${sha256}",$2${content.length}`));
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
