import { Kafka, logLevel } from 'kafkajs';
import { every, type Fault, outage, seconds } from './world/fault.ts';
import type { Weather } from './world/proxy.ts';
import type { Run } from './world/world.ts';

/** What Kafka and the network before it do to us. */
export const brokerFaults: readonly Fault[] = [
  {
    name: 'broker killed',
    what: 'the broker is killed (-9) and comes back after 5 s',
    strike: ({ world }) => outage(world.kafka, 5),
  },
  {
    name: 'broker killed again and again',
    what: 'the broker is killed three times, 5 s after each start',
    async strike({ world }) {
      for (let time = 0; time < 3; time++) {
        await outage(world.kafka, 1);
        await seconds(5);
      }
    },
  },
  {
    name: 'broker paused',
    what: 'the broker is stopped (SIGSTOP) for 15 s',
    async strike({ world: { kafka } }) {
      kafka.pause();
      await seconds(15);
      kafka.resume();
    },
  },
  {
    name: 'broker paused beyond the session',
    what: 'the broker is stopped for 45 s: every consumer is thrown out of its group',
    async strike({ world: { kafka } }) {
      kafka.pause();
      await seconds(45);
      kafka.resume();
    },
  },
  weather('broker slow', 'every chunk between us and the broker takes 100 ms longer, for 15 s', 15, { latencyMs: 100 }),
  weather('broker on a thin line', '20 kB/s each way, for 15 s', 15, { bytesPerSecond: 20_000 }),
  weather('broker half-open', 'connections stand, nothing passes, for 15 s', 15, { halfOpen: true }),
  {
    name: 'broker connections cut',
    what: 'all connections to the broker are reset every 300 ms, for 10 s',
    strike: ({ world }) => every(300, 10, () => world.brokerProxy.cutAll()),
  },
  {
    name: 'both away',
    what: 'PACS and broker are killed together and come back, the broker first',
    async strike({ world: { orthanc, kafka } }) {
      await Promise.all([orthanc.kill(), kafka.kill()]);
      await seconds(4);
      await kafka.start();
      await seconds(2);
      await orthanc.start();
    },
  },
  {
    name: 'retention loss',
    what: 'every waiting job is deleted from its topic; a day later (clocks put forward) the sweep finds them missing',
    async strike(run) {
      await run.segmenter.down();
      await seconds(3);
      await deleteRecords(run);
      await run.setClock('intake', 25 * 3600_000);
      run.segmenter.up();
    },
  },
];

function weather(name: string, what: string, duration: number, bad: Weather): Fault {
  return {
    name,
    what,
    async strike({ world: { brokerProxy } }) {
      brokerProxy.set(bad);
      await seconds(duration);
      brokerProxy.set({});
      if (bad.halfOpen) brokerProxy.cutAll();
    },
  };
}

/** As retention does: whatever lies in the lanes is gone, though nobody has read it. */
async function deleteRecords({ world, topicPrefix }: Run): Promise<void> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${world.brokerProxy.port}`], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  for (const lane of ['interactive', 'stat', 'routine', 'backlog', 'retry']) {
    const topic = `${topicPrefix}.jobs.${lane}`;
    const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
      partition,
      offset: high,
    }));
    await admin.deleteTopicRecords({ topic, partitions });
  }
  await admin.disconnect();
}
