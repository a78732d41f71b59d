import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { every, type Fault, outage, seconds } from './world/fault.ts';
import type { Weather } from './world/proxy.ts';
import { FILLER, fill, mountSmall } from './world/small-disk.ts';
import type { Run } from './world/world.ts';

/** What a PACS and the network before it do to us. */
export const archiveFaults: readonly Fault[] = [
  {
    name: 'archive killed',
    what: 'Orthanc is killed (-9) and comes back after 5 s',
    short: true,
    strike: ({ world }) => outage(world.orthanc, 5),
  },
  {
    name: 'archive killed again and again',
    what: 'Orthanc is killed three times, 3 s after each start',
    async strike({ world }) {
      for (let time = 0; time < 3; time++) {
        await outage(world.orthanc, 1);
        await seconds(3);
      }
    },
  },
  {
    name: 'archive paused',
    what: 'Orthanc is stopped (SIGSTOP) for 12 s: connections open, no answers, requests time out',
    async strike({ world: { orthanc } }) {
      orthanc.pause();
      await seconds(12);
      orthanc.resume();
    },
  },
  weather('archive slow', 'every chunk between us and the PACS takes 250 ms longer, for 15 s', 15, { latencyMs: 250 }),
  weather('archive on a thin line', '20 kB/s each way, for 15 s', 15, { bytesPerSecond: 20_000 }),
  weather('archive half-open', 'connections stand, nothing passes, for 12 s', 12, { halfOpen: true }),
  weather('archive refuses', 'new connections are reset, for 8 s', 8, { refuse: true }),
  weather('archive cuts answers', 'each connection breaks after 6 kB of answer, for 10 s', 10, {
    cutAfterBytes: 6_000,
  }),
  {
    name: 'archive connections cut',
    what: 'all connections to the PACS are reset every 200 ms, for 8 s',
    strike: ({ world }) => every(200, 8, () => world.archiveProxy.cutAll()),
  },
  {
    name: 'archive flapping',
    what: 'the PACS is there for 1 s and away for 2 s, eight times: the circuit breaker opens and closes',
    async strike({ world: { archiveProxy } }) {
      for (let time = 0; time < 8; time++) {
        archiveProxy.set({ refuse: true });
        archiveProxy.cutAll();
        await seconds(2);
        archiveProxy.set({});
        await seconds(1);
      }
    },
  },
  {
    name: 'archive disk full',
    what: 'the disk of the PACS has no room for 8 s (its data lie on a small tmpfs that is filled up)',
    before: async (run) => onSmallDisk(run),
    async strike(run) {
      const { orthanc } = run.world;
      fill(path.join(orthanc.folder, 'db'));
      await seconds(8);
      rmSync(path.join(orthanc.folder, 'db', FILLER));
      // Orthanc's index may have given up for good when its journal could not be written.
      await outage(orthanc, 0);
    },
  },
];

function weather(name: string, what: string, duration: number, bad: Weather): Fault {
  return {
    name,
    what,
    async strike({ world: { archiveProxy } }) {
      archiveProxy.set(bad);
      await seconds(duration);
      archiveProxy.set({});
      // What hung in the middle would hang on.
      if (bad.halfOpen) archiveProxy.cutAll();
    },
  };
}

/** Moves the data of the PACS, which is empty now, to a file system of 12 MB. */
async function onSmallDisk({ world: { orthanc } }: Run): Promise<void> {
  await orthanc.kill();
  const data = path.join(orthanc.folder, 'db');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data);
  mountSmall(data, 12);
  await orthanc.start();
}
