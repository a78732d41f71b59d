/** What a person sees of the results, and says about them: worklist, viewer, re-prompt. */
export { type ConsoleDeps, type ConsoleServer, startConsole } from './server.ts';
