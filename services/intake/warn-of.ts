import type { StudyInstanceUID } from '@maskwright/dicom';
import { codeOf, describeError } from '@maskwright/errors';
import type { Telemetry } from '@maskwright/telemetry';

/** Says in the log what went wrong, and goes on. */
export function warnOf(
  { telemetry }: { readonly telemetry: Pick<Telemetry, 'log'> },
  error: unknown,
  what: string,
  study?: StudyInstanceUID,
): void {
  telemetry.log.warn({ code: codeOf(error), ...(study ? { study } : {}) }, `${what}: ${describeError(error)}`);
}
