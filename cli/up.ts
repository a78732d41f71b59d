import { mkdir } from 'node:fs/promises';
import { type Config, parseConfig, readConfig, SERVICES, type ServiceName } from '@maskwright/config';
import { unwritable } from '@maskwright/disk';
import { codeOf, describeError, MaskwrightError } from '@maskwright/errors';
import { type Composition, openComposition, runServices } from './composition.ts';
import { stopSignal } from './stop-signal.ts';
import type { ExitCode } from './terminal.ts';

/**
 * Runs until SIGINT or SIGTERM, then finishes the work in hand. Once what the configuration names is open, all that it says,
 * also why it ends, is a log: whoever collects it reads JSON alone.
 */
export async function up(options: {
  readonly config?: string;
  readonly service?: readonly string[];
}): Promise<ExitCode> {
  const config = withServices(
    options.config ? await readConfig(options.config) : parseConfig({}, 'defaults'),
    options.service,
  );
  await mkdir(config.home, { recursive: true, mode: 0o700 }).catch(unwritable(`home ${config.home} cannot be made`));
  const composition = await openComposition(config, process.env);
  const { log } = composition.telemetry;
  try {
    await checkOutside(composition);
    log.info({ services: config.services, archive: composition.archiveUrl }, 'running');
    await runServices(composition, config.services, stopSignal());
    return 0;
  } catch (error) {
    log.fatal({ code: codeOf(error) }, `the process ends: ${describeError(error)}`);
    return 1;
  } finally {
    await composition.close();
  }
}

/**
 * A PACS or broker that is not there at the start is more often a wrong address than an outage: the process says so and
 * ends, and whoever supervises it starts it again. Once running, it waits for either as long as it takes.
 */
async function checkOutside({ config, archive, target, queue }: Composition): Promise<void> {
  const outside = config.archive.kind !== 'embedded' ? new Set([archive, target]) : [];
  for (const one of outside) for await (const _ of one.searchStudies({ limit: 1 })) break;
  for await (const _ of queue.events.read(new AbortController().signal, { upToNow: true })) break;
}

function withServices(config: Config, names: readonly string[] | undefined): Config {
  if (!names) return config;
  return { ...config, services: names.map(serviceName) };
}

function serviceName(name: string): ServiceName {
  const service = SERVICES.find((one) => one === name);
  if (!service) throw new MaskwrightError('USAGE', `--service ${name}: it is one of ${SERVICES.join(', ')}`);
  return service;
}
