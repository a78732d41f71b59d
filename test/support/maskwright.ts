import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { repositoryRoot } from './needs.ts';

/** A `maskwright` process under test, with what it has printed so far. */
export interface Maskwright {
  readonly child: ChildProcess;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves when stderr holds the pattern; rejects when the process ends before. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
  /** Exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export function maskwright(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Maskwright {
  const child = spawn(process.execPath, [path.join(repositoryRoot, 'cli/bin/maskwright.mjs'), ...args], {
    cwd: repositoryRoot,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended,
    output: () => ({ stdout, stderr }),
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const found = pattern.exec(stderr);
          if (found) {
            watchers.delete(watch);
            resolve(found);
          }
        };
        watchers.add(watch);
        watch();
        ended.then(() => reject(new Error(`the process ended before ${pattern}:\n${stderr}`)));
      }),
    async kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command to its end. */
export async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const process = maskwright(args, environment);
  const code = await process.ended;
  return { code, ...process.output() };
}
