import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { matrixOf, parsePart10 } from '@maskwright/dicom';
import { startEmbeddedArchive } from '@maskwright/dicomweb';
import { beforeAll, describe, expect, test } from 'vitest';
import { maskwright, run } from '../support/maskwright.ts';
import { shorterOf } from '../support/shorter.ts';
import { phantomFile } from '../support/starter-models.ts';
import { storedSegs } from '../support/stored-segs.ts';
import { type Entry, summaryOf } from '../support/summary.ts';

const temporary = () => mkdtemp(path.join(os.tmpdir(), 'maskwright-demo-'));
const demo = (home: string, out: string, ...more: readonly string[]) =>
  run(['demo', '--once', '--home', home, '--out', out, '--port', '0', ...more]);

async function segsIn(home: string): Promise<number> {
  const server = await startEmbeddedArchive({ directory: path.join(home, 'archive') });
  const all = await storedSegs(server.url);
  await server.close();
  return [...all.values()].flat().length;
}

describe('maskwright demo --once', () => {
  let home: string;
  let out: string;
  let first: Awaited<ReturnType<typeof demo>>;
  let entries: Entry[];
  beforeAll(async () => {
    [home, out] = await Promise.all([temporary(), temporary()]);
    first = await demo(home, out);
    entries = await summaryOf(out);
  }, 180_000);

  test('stores a SEG for every phantom and ends with 0', () => {
    expect(first.code, first.stderr).toBe(0);
    expect(entries.map(({ task, outcome }) => [task, outcome]).sort()).toEqual([
      ['chest-xray', 'stored'],
      ['chest-xray', 'stored'],
      ['ct-torso', 'stored'],
      ['polyp', 'stored'],
    ]);
  });

  test('says which words, which model and why', () => {
    for (const entry of entries) {
      expect(entry.prompt).not.toBe('');
      expect(entry.promptType).toMatch(/^P\d/);
      expect(entry.model).toMatch(/^starter-/);
      expect(entry.reason).not.toBe('');
    }
  });

  test('leaves the SEG files that the summary names', async () => {
    const files = await readdir(out);
    expect(files.sort()).toEqual(
      ['summary.json', ...entries.flatMap(({ sopInstanceUIDs }) => sopInstanceUIDs.map((uid) => `${uid}.dcm`))].sort(),
    );
  });

  test('twice on the same home: the same result, and no SEG more', async () => {
    const before = await segsIn(home);
    const again = await temporary();
    const second = await demo(home, again);
    expect(second.code, second.stderr).toBe(0);
    expect(await segsIn(home)).toBe(before);
    const uids = (all: readonly Entry[]) => all.flatMap(({ sopInstanceUIDs }) => sopInstanceUIDs).sort();
    expect(uids(await summaryOf(again))).toEqual(uids(entries));
  }, 120_000);

  test('stopped before the jobs have ended it names them as unfinished and ends with 1', async () => {
    const [other, empty] = [await temporary(), await temporary()];
    const stopped = maskwright(['demo', '--once', '--home', other, '--out', empty, '--port', '0']);
    await stopped.saw(/the page: /);
    expect(await stopped.kill('SIGINT')).toBe(1);
    const outcomes = (await summaryOf(empty)).map(({ outcome }) => outcome);
    expect(outcomes).toContain('unfinished');
    expect(stopped.output().stderr).toMatch(/unfinished .*The demo was stopped before this job ended/);
  }, 120_000);

  test('photographs of two sizes in one series end with a SEG a size, in series of their own', async () => {
    const [images, results, other] = [await temporary(), await temporary(), await temporary()];
    const photograph = await phantomFile('endoscopy-04');
    await writeFile(path.join(images, 'a.dcm'), photograph);
    await writeFile(path.join(images, 'b.dcm'), shorterOf(photograph));
    const { code, stderr } = await demo(other, results, '--images', images);
    expect(code, stderr).toBe(0);
    const stored = await summaryOf(results);
    expect(stored.map(({ task, outcome }) => [task, outcome])).toEqual(Array(2).fill(['polyp', 'stored']));
    const files = stored.flatMap(({ sopInstanceUIDs }) => sopInstanceUIDs.map((uid) => `${uid}.dcm`));
    const segs = await Promise.all(files.map(async (name) => parsePart10(await readFile(path.join(results, name)))));
    const sizes = [photograph, shorterOf(photograph)].map((file) => matrixOf(parsePart10(file).dataset));
    expect(segs.map(({ dataset }) => matrixOf(dataset)).sort()).toEqual(sizes.sort());
    expect(new Set(segs.map(({ seriesInstanceUID }) => seriesInstanceUID)).size).toBe(2);
  }, 120_000);

  test('a file that is not DICOM is named, the others go on, and the exit code says so', async () => {
    const images = await temporary();
    await writeFile(path.join(images, 'broken.dcm'), 'not DICOM');
    const { code, stderr } = await demo(
      await temporary(),
      await temporary(),
      '--images',
      images,
      'fixtures/phantoms/endoscopy-04',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/broken\.dcm: NOT_DICOM/);
    expect(stderr).toMatch(/1 of 1 stored/);
  }, 120_000);
});
