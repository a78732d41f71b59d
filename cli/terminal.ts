import { SingleBar } from 'cli-progress';

/** 0: all was done; 1: something failed, named on stderr; 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Where a command writes: results to stdout, everything for a person's eye to stderr. */
export interface Terminal {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  progress(title: string, total: number): Progress;
}
export interface Progress {
  update(done: number): void;
  stop(): void;
}

export const terminal: Terminal = {
  stdout: (text) => process.stdout.write(`${text}\n`),
  stderr: (text) => process.stderr.write(`${text}\n`),
  progress: (title, total) => {
    if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
    const bar = new SingleBar({
      format: `${title} {bar} {value}/{total}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: false,
    });
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  },
};
