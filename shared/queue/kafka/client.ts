import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { QueueLog } from '../log.ts';
import { readEveryCompression } from './compression/index.ts';
import { restWhereNothingWaits } from './request-queue.ts';

export interface KafkaConnection {
  /** `host:port` of some of the brokers; the others are found through them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
  readonly sasl?: NonNullable<KafkaConfig['sasl']>;
}

/** About ten seconds in all: then the caller hears that the broker is away, and decides. */
const RETRY = { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 };

/** kafkajs says so of every producer with limited retries; what follows from it is dealt with in sender.ts. */
const EXPECTED = /^Limiting retries for the idempotent producer/;

/** A broker that is away fails each attempt of each connection, several times a second. */
const SAY_AGAIN_MS = 60_000;

const LEVELS = {
  [logLevel.NOTHING]: 'debug',
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
} as const;

export function kafkaClient({ brokers, clientId, ssl, sasl }: KafkaConnection, log: QueueLog): Kafka {
  readEveryCompression();
  restWhereNothingWaits();
  return new Kafka({
    clientId,
    brokers: [...brokers],
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 3_000,
    authenticationTimeout: 10_000,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => {
      const said = new Map<string, number>();
      return ({ namespace, level, log: { message, error, broker, groupId } }) => {
        if (EXPECTED.test(message)) return;
        // kafkajs counts attempts in some messages.
        const same = `${[namespace, message, error].join(' ').replace(/\d+/g, '0')} ${broker}`;
        if (Date.now() - (said.get(same) ?? 0) < SAY_AGAIN_MS) return;
        said.set(same, Date.now());
        // What kafkajs calls an error it mostly tries again; what fails in the end reaches the caller as an exception.
        const ours = level === logLevel.ERROR ? 'warn' : LEVELS[level];
        log(ours, `kafkajs ${namespace}: ${message}`, { error, broker, groupId });
      };
    },
  });
}
