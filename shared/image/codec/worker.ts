import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { messageOf } from '@maskwright/errors';
import { corrupt } from '../pixel-description.ts';
import type { DecodedCodestream, DecodeReply, DecodeRequest } from './message.ts';
import type { CodecPoolOptions } from './pool.ts';
import { processorMs } from './processor-time.ts';

/** A process that decodes one codestream at a time, from this side. */
export interface Worker {
  readonly alive: boolean;
  /** A process that failed is ended, whatever the reason was. */
  decode(request: DecodeRequest): Promise<DecodedCodestream>;
  /** Goes out of work: the process no longer keeps ours from ending, and is ended after a while. */
  rest(): Worker;
  wake(): Worker;
  end(): void;
}

/** Long, for a machine may be busy: a decoder's own time begins when its process says that it is there. */
const START_MS = 30_000;
const LOOK_MS = 50;
const LABELS: Readonly<Record<DecodeRequest['codec'], string>> = {
  jpeg: 'JPEG',
  'jpeg-xl': 'JPEG XL',
  'jpeg-ls': 'JPEG-LS',
  'jpeg-2000': 'JPEG 2000',
  htj2k: 'HTJ2K',
};

export function startWorker(options: CodecPoolOptions, gone: (worker: Worker) => void): Worker {
  const child = startProcess(options.memoryMiB);
  let alive = true;
  let idleTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGKILL');
    if (!alive) return;
    alive = false;
    clearTimeout(idleTimer);
    gone(worker);
  };
  child.once('exit', end);
  child.once('error', end);
  const ready = answer(child, START_MS, 'its decoder did not start');
  // Heard when it is asked for; without anybody asking it is no fault.
  ready.catch(() => undefined);
  const worker: Worker = {
    get alive() {
      return alive;
    },
    async decode({ codec, codestream, claimed }) {
      try {
        await ready;
        const allowed = options.timeoutMs + (codestream.length / 2 ** 20) * 1000;
        const reply = answer(child, allowed, `no end within ${(allowed / 1000).toFixed(1)} s`);
        // A copy: what is sent is a whole buffer, and this may be a part of a file's.
        child.send({ codec, codestream: Uint8Array.from(codestream), claimed });
        const outcome = await reply;
        if ('decoded' in outcome) return outcome.decoded;
        throw new Error('failure' in outcome ? outcome.failure : 'no answer');
      } catch (cause) {
        end();
        const reason = messageOf(cause);
        throw corrupt(`${LABELS[codec]} codestream cannot be decoded: ${reason.slice(0, 200)}`, cause);
      }
    },
    rest() {
      child.unref();
      child.channel?.unref();
      idleTimer = setTimeout(end, options.idleMs).unref();
      return worker;
    },
    wake() {
      clearTimeout(idleTimer);
      child.ref();
      child.channel?.ref();
      return worker;
    },
    end,
  };
  return worker;
}

/** The memory of WebAssembly is bounded by V8 for the process; nothing else in it grows with what a codestream claims. */
function startProcess(memoryMiB: number): ChildProcess {
  return fork(path.join(import.meta.dirname, 'process.ts'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
    execArgv: [
      '--permission',
      '--allow-fs-read=*',
      '--no-warnings',
      `--wasm-max-mem-pages=${memoryMiB * 16}`,
      '--max-old-space-size=128',
    ],
  });
}

/** On a busy machine a process may wait for the processor by so many times the time that it may use. */
const PATIENCE = 10;

/**
 * The next message; an error where the process has used `milliseconds` of the processor, or ends before. Where the time
 * on the processor is not known, the clock counts.
 */
function answer(child: ChildProcess, milliseconds: number, late: string): Promise<DecodeReply> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearInterval(timer);
      child.off('message', answered);
      child.off('exit', died);
      child.off('error', died);
    };
    const answered = (reply: DecodeReply): void => {
      finish();
      resolve(reply);
    };
    const died = (): void => {
      finish();
      reject(new Error('the decoder crashed'));
    };
    const started = performance.now();
    const before = processorMs(child.pid);
    const timer = setInterval(() => {
      const waited = performance.now() - started;
      const now = processorMs(child.pid);
      const used = before === undefined || now === undefined ? waited : now - before;
      if (waited < milliseconds || (used < milliseconds && waited < PATIENCE * milliseconds)) return;
      finish();
      reject(new Error(late));
    }, LOOK_MS);
    child.on('message', answered);
    child.on('exit', died);
    child.on('error', died);
  });
}
