import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { sharedFolder } from '../../support/needs.ts';

/** A real Orthanc that can be killed, paused and started again on the same port and data. */
export interface BreakableOrthanc {
  readonly port: number;
  /** Where its data lie, so that a test can make them scarce. */
  readonly folder: string;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  start(): Promise<void>;
  /** Takes away every study. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBreakableOrthanc(port: number, folder: string): Promise<BreakableOrthanc> {
  let pid = 0;
  await mkdir(folder, { recursive: true });
  await start();
  return {
    port,
    folder,
    kill,
    pause: () => void process.kill(pid, 'SIGSTOP'),
    resume: () => void process.kill(pid, 'SIGCONT'),
    start,
    async empty() {
      const root = `http://127.0.0.1:${port}`;
      const listed: unknown = await (await fetch(`${root}/studies`)).json();
      if (!Array.isArray(listed)) throw new Error('Orthanc does not list its studies');
      for (const id of listed) await fetch(`${root}/studies/${String(id)}`, { method: 'DELETE' });
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };

  async function start(): Promise<void> {
    const script = path.join(sharedFolder, 'tools/orthanc-start.sh');
    await promisify(execFile)('bash', [script, String(port), folder]);
    pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
  }

  async function kill(): Promise<void> {
    await killed(pid);
  }
}

/** Ends a process at once and waits until the kernel has closed its files and ports. */
export async function killed(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
    // A stopped process dies too, but only its own state tells when.
    for (;;) {
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
      if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } catch {
    // It is gone.
  }
}
