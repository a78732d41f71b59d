import { mkdir } from 'node:fs/promises';
import { type Config, parseConfig, readConfig, SERVICES, type ServiceName } from '@maskwright/config';
import { MaskwrightError } from '@maskwright/errors';
import { openComposition, runServices } from './composition.ts';
import type { ExitCode } from './main.ts';
import type { Terminal } from './terminal.ts';

/** Runs until SIGINT or SIGTERM, then finishes the work in hand. */
export async function up(
  options: { readonly config?: string; readonly service?: readonly string[] },
  io: Terminal,
): Promise<ExitCode> {
  const config = withServices(
    options.config ? await readConfig(options.config) : parseConfig({}, 'defaults'),
    options.service,
  );
  await mkdir(config.home, { recursive: true });
  const composition = await openComposition(config, process.env);
  try {
    io.stderr(`running ${config.services.join(', ')}; archive ${composition.archiveUrl}; stop with Ctrl-C`);
    await runServices(composition, config.services, stopSignal(), (url) => io.stderr(`console: ${url}`));
    return 0;
  } finally {
    await composition.close();
  }
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

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once, as without us. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
