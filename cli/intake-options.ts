import path from 'node:path';
import { type Config, secret } from '@maskwright/config';
import type { IntakeOptions } from '@maskwright/intake';
import { outsideOf } from './open-archive.ts';

/** @throws MaskwrightError CONFIG_INVALID where a secret is not in the environment */
export function intakeOptions(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): IntakeOptions {
  const { notify, workitems, ...rest } = config.intake;
  return {
    ...rest,
    memoryFile: path.join(config.home, 'intake.sqlite'),
    ...(notify ? { notify: { ...notify, auth: notifyAuth(notify.auth, environment) } } : {}),
    ...(workitems
      ? {
          workitems: {
            ...workitems,
            ...(config.archive.kind === 'outside' ? outsideOf(config.archive, environment) : {}),
          },
        }
      : {}),
  };
}

function notifyAuth(
  auth: NonNullable<Config['intake']['notify']>['auth'],
  environment: Readonly<Record<string, string | undefined>>,
) {
  return auth.kind === 'bearer'
    ? { kind: auth.kind, token: secret(auth.tokenFrom, environment) }
    : { kind: auth.kind, key: secret(auth.keyFrom, environment) };
}
