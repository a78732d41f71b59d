import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { announceOnce, type Fault, seconds } from './world/fault.ts';
import type { Run } from './world/world.ts';

/** What happens to messages and clocks. */
export const messageFaults: readonly Fault[] = [
  {
    name: 'no notice',
    what: 'nobody announces the studies: the sweep finds them',
    announce: async () => undefined,
    strike: async () => undefined,
  },
  {
    name: 'notices five times',
    what: 'each study is announced five times, and again while it is worked on',
    async announce(run, studies) {
      for (let time = 0; time < 5; time++) await announceOnce(run, studies);
    },
    strike: (run, studies) => announceOnce(run, studies),
  },
  {
    name: 'notices out of order',
    what: 'all notices come before their studies are in the PACS, backwards, and again backwards when half are there',
    before: (run, studies) => announceOnce(run, studies.toReversed()),
    announce: async () => undefined,
    strike: (run, studies) => announceOnce(run, studies.toReversed()),
  },
  {
    name: 'poison messages',
    what: 'garbage, empty values, other versions and unknown studies, tasks and series among notices and jobs',
    short: true,
    announce: async (run, studies) => {
      await poison(run);
      await announceOnce(run, studies);
    },
    strike: poison,
  },
  {
    name: 'jobs twice',
    what: 'every job that lies in the lanes is sent again, backwards',
    strike: repeatJobs,
  },
  {
    name: 'clock of the segmenter jumps',
    what: 'its clock is put an hour forward, then two hours back',
    strike: (run) => jump(run, 'segmenter'),
  },
  {
    name: 'clock of the intake jumps',
    what: 'its clock is put an hour forward, then two hours back',
    strike: (run) => jump(run, 'intake'),
  },
];

async function jump(run: Run, service: 'intake' | 'segmenter'): Promise<void> {
  await run.setClock(service, 3600_000);
  await seconds(4);
  await run.setClock(service, -3600_000);
  await seconds(4);
}

const JOB = { schema: 'maskwright.job/1', lane: 'routine', key: 'f'.repeat(64), study: '1.2.3', series: '1.2.4' };
const POISON: readonly (readonly [
  topic: 'study-notices' | 'jobs.routine' | 'jobs.interactive' | 'jobs.retry',
  string | null,
])[] = [
  ['study-notices', 'garbage'],
  ['study-notices', null],
  ['study-notices', '{"schema":"maskwright.study-notice/99","study":"1.2.3"}'],
  ['study-notices', '{"schema":"maskwright.study-notice/1","study":"1.2.3"}'],
  ['jobs.routine', 'garbage'],
  ['jobs.routine', null],
  ['jobs.routine', '{"schema":"maskwright.job/99"}'],
  ['jobs.interactive', JSON.stringify({ ...JOB, task: 'polyp' })],
  ['jobs.interactive', JSON.stringify({ ...JOB, key: 'e'.repeat(64), task: 'no-such-task' })],
  ['jobs.retry', 'garbage'],
];

async function poison(run: Run): Promise<void> {
  await withProducer(run, async (send) => {
    // In every partition: whoever is behind it would have to wait.
    for (const [topic, value] of POISON) for (const partition of [0, 1, 2]) await send(topic, { value, partition });
  });
}

async function repeatJobs(run: Run): Promise<void> {
  const kafka = client(run);
  const consumer = kafka.consumer({ groupId: `${run.topicPrefix}.repeat` });
  const topic = `${run.topicPrefix}.jobs.routine`;
  const seen: { readonly key: Buffer | null; readonly value: Buffer | null }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message: { key, value } }) => void seen.push({ key, value }) });
  await seconds(4);
  await consumer.disconnect();
  await withProducer(run, async (send) => {
    for (const message of seen.toReversed()) await send('jobs.routine', message);
  });
}

type Send = (
  topic: string,
  message: { key?: Buffer | null; value: string | Buffer | null; partition?: number },
) => Promise<unknown>;

async function withProducer(run: Run, work: (send: Send) => Promise<void>): Promise<void> {
  const producer = client(run).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await work((topic, message) => producer.send({ topic: `${run.topicPrefix}.${topic}`, messages: [message] }));
  await producer.disconnect();
}

function client({ world }: Run): Kafka {
  return new Kafka({ brokers: [`127.0.0.1:${world.brokerProxy.port}`], logLevel: logLevel.NOTHING });
}
