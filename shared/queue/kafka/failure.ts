import { type ErrorCode, MaskwrightError } from '@maskwright/errors';
import type { UnreadableBatch } from './compression/stand-in.ts';

/** Errors of the protocol that no waiting cures, and what each means here. */
const PERMANENT: Readonly<Record<string, ErrorCode>> = {
  TOPIC_AUTHORIZATION_FAILED: 'CONFIG_INVALID',
  GROUP_AUTHORIZATION_FAILED: 'CONFIG_INVALID',
  CLUSTER_AUTHORIZATION_FAILED: 'CONFIG_INVALID',
  SASL_AUTHENTICATION_FAILED: 'CONFIG_INVALID',
  UNSUPPORTED_SASL_MECHANISM: 'CONFIG_INVALID',
  INVALID_REPLICATION_FACTOR: 'CONFIG_INVALID',
  INVALID_TOPIC_EXCEPTION: 'CONFIG_INVALID',
  MESSAGE_TOO_LARGE: 'MESSAGE_INVALID',
};

/** Names the brokers; whatever is not known to be permanent is taken for a broker that is away, and tried again. */
export function kafkaFailure(error: unknown, brokers: readonly string[]): MaskwrightError {
  const where = brokers.join(', ');
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof MaskwrightError) return cause;
    const code =
      cause.name === 'KafkaJSSASLAuthenticationError'
        ? 'CONFIG_INVALID'
        : 'type' in cause && typeof cause.type === 'string'
          ? PERMANENT[cause.type]
          : undefined;
    if (code !== undefined) return new MaskwrightError(code, `Kafka at ${where}: ${cause.message}`, { cause: error });
  }
  const said = error instanceof Error ? error.message : String(error);
  return new MaskwrightError('QUEUE_UNREACHABLE', `Kafka at ${where} does not answer: ${said}`, { cause: error });
}

export function batchFailure(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  { firstOffset, lastOffset, reason, isAsSent }: UnreadableBatch,
): MaskwrightError {
  const where = `${topic}, partition ${partition}, offsets ${firstOffset} to ${lastOffset}`;
  const damaged = isAsSent ? '' : ' (damaged since it was sent: its checksum is wrong)';
  return new MaskwrightError('QUEUE_UNREADABLE', `${where}: ${reason}${damaged}`);
}
