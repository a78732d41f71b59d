import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../../test/support/kafka.ts';
import { describeWith, needs } from '../../../../test/support/needs.ts';
import { handled, noticed } from '../../contract/consume.ts';
import { readStudyNotices } from '../../notice-forms.ts';
import { sampleJob } from '../../sample.ts';
import { topicsOf } from '../topics.ts';
import { listeningQueue, makeTopic } from './on-broker.ts';

describeWith(needs.kafka, 'messages that a disk has damaged', () => {
  let kafka: KafkaBroker;
  let topicPrefix: string;
  let admin: Admin;
  beforeAll(async () => {
    kafka = await startKafka();
    admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await kafka.stop();
  });
  beforeEach(() => {
    topicPrefix = `test-${randomUUID()}`;
  });

  test('of notices are passed over: the sweep finds what they named', async () => {
    const { notices } = topicsOf(topicPrefix);
    await makeTopic(admin, notices, 'gzip');
    const { queue, named } = listeningQueue(kafka.brokers, topicPrefix);
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
    const topic = topicsOf(topicPrefix).jobs.routine;
    await makeTopic(admin, topic, 'gzip');
    const { queue, named, heard } = listeningQueue(kafka.brokers, topicPrefix);
    try {
      await queue.jobs.enqueue([sampleJob(1)]);
      await damage(topic);
      await queue.jobs.enqueue([sampleJob(2)]);
      const taken = handled(queue, 1);
      await heard;
      expect(named[0]).toMatch(/offsets 0 to 0.*its checksum is wrong\)$/);
      // kafkajs deletes only where it knows the leader already.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
      expect(await taken).toEqual([sampleJob(2)]);
    } finally {
      await queue.close();
    }
  }, 60_000);

  /** Of the first batch of the topic, within its records. */
  async function damage(topic: string): Promise<void> {
    const file = await open(path.join(kafka.folder, 'logs', `${topic}-0`, `${'0'.repeat(20)}.log`), 'r+');
    try {
      await file.write(Buffer.from('damage'), 0, 6, 61 + 12);
    } finally {
      await file.close();
    }
  }
});
