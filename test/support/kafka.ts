import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';
import { kafkaFolder, sharedFolder } from './needs.ts';

export interface KafkaBroker {
  readonly brokers: string[];
  /** Of the broker's own files; `logs/TOPIC-PARTITION` holds the records. */
  readonly folder: string;
  /** The listener with TLS and SCRAM-SHA-256/512; there where it was asked for. */
  readonly secure: {
    readonly brokers: string[];
    /** PEM of the authority that has signed the broker's certificate; empty where there is none. */
    readonly ca: string;
    readonly username: string;
    readonly password: string;
  };
  /** Ends the broker at once, as a crash would; its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data. */
  restart(): Promise<void>;
  /** Ends the broker and removes its data. */
  stop(): Promise<void>;
}

/** A real single-node broker on free ports of 127.0.0.1, in a folder of its own. Topics are not made by themselves. */
export async function startKafka({ secure = false } = {}): Promise<KafkaBroker> {
  const folder = await mkdtemp(path.join(tmpdir(), 'maskwright-kafka-'));
  const port = await freePorts(3);
  await start();
  return {
    brokers: [`127.0.0.1:${port}`],
    folder,
    secure: {
      brokers: [`127.0.0.1:${port + 2}`],
      ca: secure ? await readFile(path.join(folder, 'tls/ca.crt'), 'utf8') : '',
      username: 'app',
      password: 'app-secret',
    },
    kill: () => end('SIGKILL'),
    restart: start,
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function start(): Promise<void> {
    const script = path.join(sharedFolder, 'tools/kafka-start.sh');
    await promisify(execFile)('bash', [script, String(port), folder, kafkaFolder], {
      env: { ...process.env, SECURE: secure ? '1' : '0' },
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A process that has ended but was not yet waited for (state Z) has closed its ports and files: it is not running. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
