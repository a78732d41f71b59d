/** The configuration file: one schema, unknown keys refused. */
export type { OutsideConfig } from './archive-config.ts';
export { type Config, configSchema, parseConfig, readConfig, SERVICES, type ServiceName, secret } from './config.ts';
export type { IntakeConfig } from './intake-config.ts';
export type { KafkaConfig } from './queue-config.ts';
