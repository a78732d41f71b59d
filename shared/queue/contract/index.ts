/** What every adapter of the queue port must do. Run by the test of each adapter. */
import { afterEach, beforeEach, test } from 'vitest';
import type { Queue } from '../queue.ts';
import { jobCommits } from './commits.ts';
import { events } from './events.ts';
import { jobFailures } from './failures.ts';
import { notices } from './notices.ts';
import { jobOrder } from './order.ts';
import type { Opened, QueuePlace } from './place.ts';

export function queueContract(makePlace: () => Promise<QueuePlace>): void {
  let place: QueuePlace;
  let queue: Queue;
  beforeEach(async () => {
    place = await makePlace();
    queue = place.open();
  });
  afterEach(() => queue.close());
  const opened: Opened = {
    get place() {
      return place;
    },
    get queue() {
      return queue;
    },
  };

  jobOrder(opened);
  jobFailures(opened);
  jobCommits(opened);
  events(opened);
  notices(opened);
  test('a queue that works says so', async () => {
    await opened.queue.check();
  });
  test('closing twice is closing once', async () => {
    await Promise.all([opened.queue.close(), opened.queue.close()]);
  });
}
