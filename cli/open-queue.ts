import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Config, type KafkaConfig, secret } from '@maskwright/config';
import { MaskwrightError } from '@maskwright/errors';
import { embeddedQueue, type KafkaQueueOptions, kafkaQueue, type Queue, type QueueLog } from '@maskwright/queue';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws MaskwrightError CONFIG_INVALID (secrets, certificates), OUTPUT_UNWRITABLE */
export function openQueue(config: Config, environment: Environment, log: QueueLog): Queue {
  const { queue } = config;
  if (queue.kind === 'embedded') return embeddedQueue({ file: path.join(config.home, 'queue.sqlite'), log });
  return kafkaQueue({
    brokers: queue.brokers,
    clientId: `maskwright-${config.services.join('-')}`,
    topicPrefix: queue.topicPrefix,
    partitions: queue.partitions,
    ...(queue.replicationFactor === undefined ? {} : { replicationFactor: queue.replicationFactor }),
    log,
    ...tlsOf(queue),
    ...(queue.sasl ? { sasl: saslOf(queue.sasl, environment) } : {}),
  });
}

function tlsOf({ tls, tlsCaFile, tlsCertFile, tlsKeyFile }: KafkaConfig): Pick<KafkaQueueOptions, 'ssl'> {
  if (!tls) return {};
  if (tlsCaFile === undefined && tlsCertFile === undefined) return { ssl: true };
  return {
    ssl: {
      ...(tlsCaFile === undefined ? {} : { ca: [readPem(tlsCaFile)] }),
      ...(tlsCertFile === undefined ? {} : { cert: readPem(tlsCertFile) }),
      ...(tlsKeyFile === undefined ? {} : { key: readPem(tlsKeyFile) }),
    },
  };
}

/** @throws MaskwrightError CONFIG_INVALID */
export function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new MaskwrightError('CONFIG_INVALID', `the certificate or key file ${file} cannot be read`, { cause });
  }
}

function saslOf(
  sasl: NonNullable<KafkaConfig['sasl']>,
  environment: Environment,
): NonNullable<KafkaQueueOptions['sasl']> {
  const account = { username: sasl.username, password: secret(sasl.passwordFrom, environment) };
  switch (sasl.mechanism) {
    case 'plain':
      return { mechanism: 'plain', ...account };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', ...account };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', ...account };
  }
}
