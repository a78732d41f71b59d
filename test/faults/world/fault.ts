import type { Study } from './studies.ts';
import type { Run, RunOptions } from './world.ts';

/** Something that goes wrong while studies are being worked on, and what must not come of it. */
export interface Fault {
  readonly name: string;
  /** For the report: what is done, in a few words. */
  readonly what: string;
  /** Part of the short suite that the gate runs. */
  readonly short?: true;
  readonly options?: RunOptions;
  /** How studies are announced that have just come; default: a notice each. The sweep comes too, whatever this says. */
  readonly announce?: (run: Run, studies: readonly Study[]) => Promise<void>;
  /** It strikes by itself with the first job: no first results are waited for, or its recovery would be waited for too. */
  readonly atFirstJob?: true;
  /** Done before the studies come. */
  readonly before?: (run: Run, studies: readonly Study[]) => Promise<void>;
  /** Done when the first results are there and more studies come; resolves when the fault is over. */
  strike(run: Run, studies: readonly Study[]): Promise<void>;
}

export function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}

export async function announceOnce(run: Run, studies: readonly Study[]): Promise<void> {
  await run.queue.notices.publish(
    studies.map(({ instance }) => ({ schema: 'maskwright.study-notice/1', study: instance.studyInstanceUID })),
  );
}

export async function outage(one: { kill(): Promise<void>; start(): Promise<void> }, duration: number): Promise<void> {
  await one.kill();
  await seconds(duration);
  await one.start();
}

export async function every(ms: number, duration: number, act: () => void): Promise<void> {
  const end = performance.now() + duration * 1000;
  while (performance.now() < end) {
    act();
    await seconds(ms / 1000);
  }
}
