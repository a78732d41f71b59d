import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseConfig, readConfig } from '@maskwright/config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaBroker, startKafka } from '../test/support/kafka.ts';
import { describeWith, needs } from '../test/support/needs.ts';
import { openQueue } from './open-queue.ts';

const silent = () => undefined;

test.each([
  ['a certificate file that is not there', { tls: true, tlsCaFile: '/nowhere/ca.pem' }, '/nowhere/ca.pem'],
  [
    'a password that is not in the environment',
    { sasl: { mechanism: 'plain', username: 'u', passwordFrom: 'KAFKA_PASSWORD' } },
    'KAFKA_PASSWORD',
  ],
])('%s is named', (_title, options, named) => {
  const config = parseConfig({ queue: { kind: 'kafka', brokers: ['127.0.0.1:1'], ...options } }, 'test');
  expect(() => openQueue(config, {}, silent)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(named) }),
  );
});

describeWith(needs.kafka, 'a broker with TLS and SCRAM', () => {
  let kafka: KafkaBroker;
  beforeAll(async () => {
    kafka = await startKafka({ secure: true });
  }, 120_000);
  afterAll(() => kafka?.stop());

  test('is spoken to as the configuration file says, its authority from a file beside it', async () => {
    const { brokers, ca, username, password } = kafka.secure;
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-secure-'));
    await writeFile(path.join(folder, 'ca.pem'), ca);
    const file = path.join(folder, 'maskwright.yaml');
    const sasl = `{ mechanism: scram-sha-512, username: ${username}, passwordFrom: KAFKA_PASSWORD }`;
    await writeFile(
      file,
      `queue: { kind: kafka, brokers: ['${brokers.join()}'], partitions: 1, tls: true, tlsCaFile: ca.pem, sasl: ${sasl} }\n`,
    );
    const queue = openQueue(await readConfig(file), { KAFKA_PASSWORD: password }, silent);
    expect(await Array.fromAsync(queue.events.read(new AbortController().signal, { upToNow: true }))).toEqual([]);
    await queue.close();
  }, 60_000);
});
