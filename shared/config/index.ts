/** The configuration file: one schema, unknown keys refused. */
export { type Config, configSchema, parseConfig, readConfig, SERVICES, type ServiceName, secret } from './config.ts';
