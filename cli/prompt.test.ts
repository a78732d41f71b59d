import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type KeywordValues, writePart10 } from '@maskwright/dicom';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../test/support/needs.ts';
import { type PromptArguments, prompt, tokenizersIn } from './prompt.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'prompt-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(args: PromptArguments) {
  const said = { out: '', err: '' };
  const code = await prompt(args, {
    catalogueDirectory: path.join(repositoryRoot, 'catalogue'),
    tokenizer: tokenizersIn(path.join(repositoryRoot, 'models')),
    stdout: (text) => (said.out += text),
    stderr: (text) => (said.err += text),
  });
  return { code, ...said };
}
async function file(name: string, content: string | Uint8Array): Promise<string> {
  const whole = path.join(folder, name);
  await writeFile(whole, content);
  return whole;
}
function radiograph(more: KeywordValues): Uint8Array {
  return writePart10({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1',
    SOPInstanceUID: '2.25.1',
    StudyInstanceUID: '2.25.2',
    SeriesInstanceUID: '2.25.3',
    Modality: 'DX',
    ...more,
  });
}

/** The header of a huge picture with a small picture's pixels. */
function claiming(width: number, height: number): Uint8Array {
  const png = PNG.sync.write(new PNG({ width: 1, height: 1 }));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

describe('maskwright prompt', () => {
  test('shows a radiologist attributes with their origin, and the prompts', async () => {
    const dicom = await file(
      'chest.dcm',
      radiograph({ BodyPartExamined: 'CHEST', ViewPosition: 'PA', PatientSex: 'F' }),
    );
    const { code, out, err } = await run({ file: dicom });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('because Modality is DX');
    expect(out).toMatch(/view +frontal +metadata, ViewPosition/);
    expect(out).toContain(
      'asked: "Right Lung in the frontal view of a Chest Xray." (P2, 14 of 64 tokens of starter-vlsm)',
    );
  });

  test('says the same as JSON', async () => {
    const dicom = await file('chest2.dcm', radiograph({ BodyPartExamined: 'CHEST', PatientSex: '<b>' }));
    const { out } = await run({ file: dicom, json: true });
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({
      tasks: [{ task: 'chest-xray', targets: [{ target: 'left lung', prompt: { type: 'P1' } }, {}, {}] }],
    });
    expect(out).toContain('PatientSex does not hold a value');
  });

  test('tells the prompts of a task that is named, whatever its rules say', async () => {
    const dicom = await file('knee.dcm', radiograph({ BodyPartExamined: 'KNEE', ViewPosition: 'AP' }));
    const { out } = await run({ file: dicom, task: 'chest-xray' });
    expect(out).toContain('P2  "Left Lung in the frontal view of a Chest Xray."');
    expect(out).toContain('P3  "Left Lung in the frontal view of a Chest Xray."  (shape not known)');
  });

  test('tells what a mask shows, as a first-pass mask', async () => {
    const png = new PNG({ width: 30, height: 30 });
    for (let y = 4; y < 9; y++)
      for (let x = 21; x < 28; x++) png.data.fill(255, 4 * (30 * y + x), 4 * (30 * y + x) + 4);
    const size = { Rows: 30, Columns: 30 };
    const dicom = await file('polyp.dcm', radiograph({ Modality: 'ES', BodyPartExamined: 'COLON', ...size }));
    const { out } = await run({ file: dicom, task: 'polyp', mask: await file('mask.png', PNG.sync.write(png)) });
    expect(out).toMatch(/location +top right +first-pass mask/);
    expect(out).toContain('P6  "one small oval polyp, located in top right of the image"  (color not known)');
  });

  test.each([1, 255])('reads a mask of 0 and %i', async (value) => {
    const png = new PNG({ width: 30, height: 30 });
    for (let i = 0; i < 900; i++) png.data.set([0, 0, 0, 255], 4 * i);
    for (let y = 4; y < 9; y++)
      for (let x = 21; x < 28; x++) png.data.fill(value, 4 * (30 * y + x), 4 * (30 * y + x) + 3);
    const size = { Rows: 30, Columns: 30 };
    const dicom = await file('ones.dcm', radiograph({ Modality: 'ES', BodyPartExamined: 'COLON', ...size }));
    const { out } = await run({ file: dicom, task: 'polyp', mask: await file('ones.png', PNG.sync.write(png)) });
    expect(out).toMatch(/location +top right +first-pass mask/);
  });

  test.each([
    ['is broken', PNG.sync.write(new PNG({ width: 8, height: 8 })).subarray(0, 40), /MASK_INVALID: .*bad\.png/],
    ['is no PNG', Buffer.alloc(100, 'hello'), /MASK_INVALID: .*bad\.png is no PNG/],
    ['claims to be huge', claiming(20_000, 20_000), /MASK_INVALID: .*bad\.png is 20000 × 20000/],
  ])('names a mask that %s', async (_, bytes, message) => {
    const dicom = await file('polyp3.dcm', radiograph({ Rows: 8, Columns: 8 }));
    const answer = await run({ file: dicom, mask: await file('bad.png', bytes) });
    expect(answer).toMatchObject({ code: 1, err: expect.stringMatching(message) });
  });

  test('refuses a mask of another size', async () => {
    const dicom = await file('polyp2.dcm', radiograph({ Rows: 8, Columns: 8 }));
    const mask = await file('mask2.png', PNG.sync.write(new PNG({ width: 4, height: 4 })));
    expect(await run({ file: dicom, mask })).toMatchObject({ code: 2, err: expect.stringContaining('4 × 4') });
  });

  test('says why no task applies', async () => {
    const dicom = await file('hand.dcm', radiograph({ BodyPartExamined: 'HAND' }));
    const { code, out } = await run({ file: dicom });
    expect(code).toBe(0);
    expect(out).toMatch(
      /No task of the catalogue applies; the nearest:\n {2}chest-xray: BodyPartExamined is not CHEST/,
    );
  });

  test('answers an object with an object and an array with an array', async () => {
    const one = await file('one.json', JSON.stringify({ class: 'polyp', number: 2, locations: ['top', 'left'] }));
    const many = await file('many.json', JSON.stringify([{ class: 'polyp' }, { class: 'polyp', color: 'red' }]));
    const answer: unknown = JSON.parse((await run({ family: 'polyp', attributes: one, json: true })).out);
    expect(answer).toMatchObject({ p0: [''], p1: ['polyp'], p6: ['two polyp, located in top, left of the image'] });
    const answers: unknown = JSON.parse((await run({ family: 'polyp', attributes: many, json: true })).out);
    expect(answers).toMatchObject([{ p3: ['polyp'] }, { p3: ['red polyp'] }]);
  });

  test('prints its schema', async () => {
    expect(JSON.parse((await run({ schema: true })).out)).toHaveProperty('$schema');
  });

  test.each<[string, () => Promise<PromptArguments>, 1 | 2, RegExp]>([
    ['nothing to do', async () => ({}), 2, /USAGE/],
    ['an unknown family', async () => ({ family: 'wart', attributes: 'x.json' }), 2, /one of polyp/],
    [
      'an unknown attribute',
      async () => ({ family: 'polyp', attributes: await file('a.json', '{"hue": "red"}') }),
      2,
      /hue/,
    ],
    ['what is not JSON', async () => ({ family: 'polyp', attributes: await file('b.json', '{') }), 2, /not JSON/],
    ['a file that is not there', async () => ({ file: path.join(folder, 'no.dcm') }), 1, /INPUT_NOT_FOUND/],
    ['a file that is not DICOM', async () => ({ file: await file('c.dcm', 'hello') }), 1, /NOT_DICOM/],
  ])('refuses %s', async (_, args, code, message) => {
    const answer = await run(await args());
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toMatch(message);
  });
});
