import { type ErrorCode, MaskwrightError, messageOf } from '@maskwright/errors';
import type { UnreadableBatch } from './compression/stand-in.ts';

/** Errors of the protocol that no waiting cures, what each means here, and which key of the configuration it is about. */
const PERMANENT: Readonly<Record<string, { readonly code: ErrorCode; readonly key?: string }>> = {
  TOPIC_AUTHORIZATION_FAILED: { code: 'CONFIG_INVALID' },
  GROUP_AUTHORIZATION_FAILED: { code: 'CONFIG_INVALID' },
  CLUSTER_AUTHORIZATION_FAILED: { code: 'CONFIG_INVALID' },
  SASL_AUTHENTICATION_FAILED: { code: 'CONFIG_INVALID' },
  UNSUPPORTED_SASL_MECHANISM: { code: 'CONFIG_INVALID' },
  INVALID_REPLICATION_FACTOR: { code: 'CONFIG_INVALID', key: 'queue.replicationFactor' },
  INVALID_PARTITIONS: { code: 'CONFIG_INVALID', key: 'queue.partitions' },
  INVALID_TOPIC_EXCEPTION: { code: 'CONFIG_INVALID', key: 'queue.topicPrefix' },
  POLICY_VIOLATION: { code: 'CONFIG_INVALID' },
  MESSAGE_TOO_LARGE: { code: 'MESSAGE_INVALID' },
};

/** Names the brokers; whatever is not known to be permanent is taken for a broker that is away, and tried again. */
export function kafkaFailure(error: unknown, brokers: readonly string[]): MaskwrightError {
  const where = `Kafka at ${brokers.join(', ')}`;
  for (const cause of within(error)) {
    if (cause instanceof MaskwrightError) return cause;
    const permanent = permanence(cause);
    if (!permanent) continue;
    const { code, key } = permanent;
    return new MaskwrightError(code, `${where}: ${cause.message}${key ? ` (${key})` : ''}`, { cause: error });
  }
  const said = messageOf(error);
  return new MaskwrightError('QUEUE_UNREACHABLE', `${where} does not answer: ${said}`, { cause: error });
}

/** An error, those that it gathers (one a topic, say), and its causes. */
function* within(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if ('errors' in error && Array.isArray(error.errors)) for (const one of error.errors) yield* within(one);
  yield* within(error.cause);
}

function permanence(error: Error) {
  if (error.name === 'KafkaJSSASLAuthenticationError') return PERMANENT.SASL_AUTHENTICATION_FAILED;
  return 'type' in error && typeof error.type === 'string' ? PERMANENT[error.type] : undefined;
}

export function batchFailure(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  { firstOffset, lastOffset, reason, isAsSent }: UnreadableBatch,
): MaskwrightError {
  const where = `${topic}, partition ${partition}, offsets ${firstOffset} to ${lastOffset}`;
  const damaged = isAsSent ? '' : ' (damaged since it was sent: its checksum is wrong)';
  return new MaskwrightError('QUEUE_UNREADABLE', `${where}: ${reason}${damaged}`);
}
