import { keyImageUids, segUids, srUids } from '@maskwright/result';
import { expect, test } from 'vitest';
import { catalogueOfRepository, event, summary } from './sample.ts';
import { detailOf, rowOf } from './views.ts';
import { fold } from './worklist.ts';

const catalogue = await catalogueOfRepository();
const running = event(1, { kind: 'running' }, 0);

test.each([
  ['of all images', running, catalogue.task('chest-xray').title],
  [
    'of those of one size',
    { ...running, matrix: '1024x768' } as const,
    `${catalogue.task('chest-xray').title}, images of 1024 rows × 768 columns`,
  ],
  ['of a task that is no longer there', { ...running, task: 'gone' }, 'gone'],
])('a result %s says so in the worklist and beside the image', (_, one, title) => {
  const entry = fold(undefined, one);
  expect([rowOf(entry, catalogue).task.title, detailOf(entry, catalogue).task.title]).toEqual([title, title]);
});

const { key, at } = running;
const seg = segUids(key, 1).sopInstanceUID;
const report = srUids(key).sopInstanceUID;
const picture = keyImageUids(key).sopInstanceUID;
const nothing = { ...summary, segments: summary.segments.map((one) => ({ ...one, pixels: 0 })) };

test.each([
  ['all of a result', summary, [seg, report], [seg, report], 'all'],
  ['the masks, and not the report on them', summary, [seg, report], [seg], 'all'],
  ['the report, and not the masks', summary, [seg, report], [report], 'part'],
  ['a part of what tells that nothing was found', nothing, [report, picture], [picture], 'part'],
])('%s was deleted: told alike in the worklist and beside the image', (_, result, sopInstanceUIDs, gone, deleted) => {
  const state = { kind: 'stored', sopInstanceUIDs, result, deleted: { at, sopInstanceUIDs: gone } } as const;
  const entry = fold(undefined, { ...running, state });
  expect([rowOf(entry, catalogue), detailOf(entry, catalogue)]).toMatchObject([{ deleted }, { deleted }]);
});
