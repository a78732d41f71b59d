import { rmSync } from 'node:fs';
import path from 'node:path';
import { FAIL_POINTS, type FailPoint } from '@maskwright/segmenter';
import { every, type Fault, seconds } from './world/fault.ts';
import { FILLER, fill, mountSmall } from './world/small-disk.ts';

const MOMENT: Readonly<Record<FailPoint, string>> = {
  taken: 'when it has taken a job',
  fetched: 'when it has fetched the images',
  inferred: 'after inference, before anything is written',
  encoded: 'when the SEG is made, before it is on disk',
  spooled: 'when the SEG is on disk, before it is sent',
  delivered: 'when the PACS has the SEG, before the log says so',
  logged: 'when the log says so, before the job is committed',
};

/** What happens to our own processes. */
export const workerFaults: readonly Fault[] = [
  ...FAIL_POINTS.map(
    (point): Fault => ({
      name: `segmenter killed: ${point}`,
      what: `the segmenter is killed (-9) ${MOMENT[point]}`,
      options: { environment: { MASKWRIGHT_FAIL_AT: point } },
      ...(point === 'delivered' ? { short: true } : {}),
      atFirstJob: true,
      async strike({ segmenter }) {
        for (let tries = 0; tries < 120 && segmenter.starts() < 2; tries++) await seconds(0.25);
        if (segmenter.starts() < 2) throw new Error(`no job has come as far as ${point}`);
      },
    }),
  ),
  {
    name: 'segmenter killed again and again',
    what: 'the segmenter is killed (-9) every 1.7 s, for 12 s',
    strike: ({ segmenter }) => every(1700, 12, () => segmenter.kill('SIGKILL')),
  },
  {
    name: 'intake killed again and again',
    what: 'the intake is killed (-9) every 1.7 s, for 12 s',
    strike: ({ intake }) => every(1700, 12, () => intake.kill('SIGKILL')),
  },
  {
    name: 'everything killed',
    what: 'intake, segmenter, broker and PACS are killed (-9) at once',
    async strike({ intake, segmenter, world: { kafka, orthanc } }) {
      intake.kill('SIGKILL');
      segmenter.kill('SIGKILL');
      await Promise.all([kafka.kill(), orthanc.kill()]);
      await Promise.all([kafka.start(), orthanc.start()]);
    },
  },
  {
    name: 'rolling restarts',
    what: 'the segmenter is asked to end (SIGTERM) every 3 s, for 12 s: the job in hand is finished',
    strike: ({ segmenter }) => every(3000, 12, () => segmenter.kill('SIGTERM')),
  },
  {
    name: 'rebalances',
    what: 'a second segmenter joins and leaves (SIGTERM), or is killed, every 4 s, for 24 s',
    async strike(run) {
      const other = await run.anotherSegmenter();
      for (let time = 0; time < 3; time++) {
        await seconds(4);
        other.kill(time % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
        await seconds(4);
      }
      await other.stop();
    },
  },
  {
    name: 'segmenter frozen',
    what: 'the segmenter is stopped (SIGSTOP) for 40 s, a second one takes its jobs, then it goes on, and 10 s later the second leaves',
    async strike(run) {
      run.segmenter.kill('SIGSTOP');
      const other = await run.anotherSegmenter();
      await seconds(40);
      run.segmenter.kill('SIGCONT');
      // Both at once for a while: the first goes on with what is no longer its own.
      await seconds(10);
      await other.stop();
    },
  },
  {
    name: 'spool disk full',
    what: 'the disk of the segmenter has no room for 8 s (its home is a small tmpfs that is filled up)',
    before: async ({ home }) => mountSmall(path.join(home, 'segmenter'), 2),
    async strike({ home }) {
      fill(path.join(home, 'segmenter'));
      await seconds(8);
      rmSync(path.join(home, 'segmenter', FILLER));
    },
  },
];
