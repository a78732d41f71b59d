import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { kafkaFolder, sharedFolder } from '../../support/needs.ts';
import { killed } from './orthanc.ts';

/** A real broker that can be killed, paused and started again; it tells clients that it is at `advertisedPort`. */
export interface BreakableKafka {
  readonly port: number;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBreakableKafka(
  port: number,
  advertisedPort: number,
  folder: string,
): Promise<BreakableKafka> {
  let pid = 0;
  await start();
  return {
    port,
    kill: () => killed(pid),
    pause: () => void process.kill(pid, 'SIGSTOP'),
    resume: () => void process.kill(pid, 'SIGCONT'),
    start,
    async stop() {
      await killed(pid);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };

  async function start(): Promise<void> {
    const script = path.join(sharedFolder, 'tools/kafka-start.sh');
    const extra = [
      `advertised.listeners=PLAINTEXT://127.0.0.1:${advertisedPort}`,
      // Small segments, so that deletion and compaction are something that a test can bring about.
      'group.min.session.timeout.ms=6000',
    ].join('\\n');
    await promisify(execFile)('bash', [script, String(port), folder, kafkaFolder], {
      env: { ...process.env, SECURE: '0', EXTRA: extra },
    });
    pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
  }
}
