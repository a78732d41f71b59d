import { expect, test } from 'vitest';
import { catalogueOfRepository, event } from './sample.ts';
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
