import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../../support/needs.ts';

/** A service under a supervisor that starts it again whenever it ends, as Kubernetes or systemd would. */
export interface Service {
  /** What it is called here: two may do the same. */
  readonly name: string;
  /** What it has written to stderr: its log. */
  readonly log: string;
  /** How often it was started. */
  starts(): number;
  /** Undefined while it is down. */
  pid(): number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Ends it for good: asks first, then kills. */
  stop(): Promise<void>;
  /** Ends it now and leaves it down until `up` is called. */
  down(): Promise<void>;
  up(): void;
}

const RESTART_MS = 300;
const GRACE_MS = 15_000;

export function startService(parts: {
  readonly kind: 'intake' | 'segmenter';
  readonly name: string;
  readonly config: string;
  readonly log: string;
  readonly environment: Readonly<Record<string, string>>;
}): Service {
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let wanted = true;
  let starts = 0;
  start();
  return {
    name: parts.name,
    log: parts.log,
    starts: () => starts,
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    kill: (signal) => void child?.kill(signal),
    async stop() {
      wanted = false;
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
    async down() {
      wanted = false;
      child?.kill('SIGKILL');
      await ended;
    },
    up() {
      wanted = true;
      start();
    },
  };

  function start(): void {
    if (!wanted) return;
    starts += 1;
    const started = spawn(
      process.execPath,
      [
        '--import',
        path.join(import.meta.dirname, 'clock.mjs'),
        path.join(repositoryRoot, 'cli/bin/maskwright.mjs'),
        ...['up', '--config', parts.config, '--service', parts.kind],
      ],
      { cwd: repositoryRoot, env: { ...process.env, ...parts.environment }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child = started;
    started.stderr.on('data', (chunk) => appendFileSync(parts.log, chunk));
    ended = new Promise((resolve) => started.once('close', resolve));
    void ended.then(() => setTimeout(start, RESTART_MS));
  }
}
