/** What a person sees of the results, and says about them: worklist, viewer, re-prompt. */
export type { ConsoleDeps } from './deps.ts';
export { type ConsoleOptions, startConsole } from './server.ts';
