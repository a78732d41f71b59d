import { open } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeWith, needs } from '../../../../test/support/needs.ts';
import { handled, noticed } from '../../contract/consume.ts';
import { readStudyNotices } from '../../notice-forms.ts';
import { sampleJob } from '../../sample.ts';
import { topicsOf } from '../topics.ts';
import { listeningQueue, makeTopic, ownBroker } from './on-broker.ts';

describeWith(needs.kafka, 'messages that a disk has damaged', () => {
  const at = ownBroker();

  test('of notices are passed over: the sweep finds what they named', async () => {
    const { notices } = topicsOf(at.topicPrefix);
    await makeTopic(at.admin, notices, 'gzip');
    const { queue, named } = listeningQueue(at.kafka.brokers, at.topicPrefix);
    try {
      await queue.notices.publish(readStudyNotices('1.2.3'));
      await damage(notices);
      await queue.notices.publish(readStudyNotices('1.2.4'));
      expect(await noticed(queue, 1)).toEqual(readStudyNotices('1.2.4'));
      expect(named).toEqual([expect.stringMatching(/offsets 0 to 0.*its checksum is wrong.*passed over/)]);
    } finally {
      await queue.close();
    }
  }, 60_000);

  test('of jobs are named and waited for, until they are deleted', async () => {
    const topic = topicsOf(at.topicPrefix).jobs.routine;
    await makeTopic(at.admin, topic, 'gzip');
    const { queue, named, heard } = listeningQueue(at.kafka.brokers, at.topicPrefix);
    try {
      await queue.jobs.enqueue([sampleJob(1)]);
      await damage(topic);
      await queue.jobs.enqueue([sampleJob(2)]);
      const taken = handled(queue, 1);
      await heard;
      expect(named[0]).toMatch(/offsets 0 to 0.*its checksum is wrong\)$/);
      // kafkajs deletes only where it knows the leader already.
      await at.admin.fetchTopicOffsets(topic);
      await at.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
      expect(await taken).toEqual([sampleJob(2)]);
    } finally {
      await queue.close();
    }
  }, 60_000);

  /** Of the first batch of the topic, within its records. */
  async function damage(topic: string): Promise<void> {
    const file = await open(path.join(at.kafka.folder, 'logs', `${topic}-0`, `${'0'.repeat(20)}.log`), 'r+');
    try {
      await file.write(Buffer.from('damage'), 0, 6, 61 + 12);
    } finally {
      await file.close();
    }
  }
});
