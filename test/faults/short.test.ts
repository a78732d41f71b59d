import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith, needs } from '../support/needs.ts';
import { CALM, FAULTS } from './faults.ts';
import type { Results } from './world/results.ts';
import { studies } from './world/studies.ts';
import { suffer } from './world/suffer.ts';
import { openWorld, type World } from './world/world.ts';

/** Enough that the fault strikes some of them at work; `report.ts` has more of both, studies and faults. */
const some = studies(6);

describeWith(
  { name: 'Orthanc and Kafka', there: needs.orthanc.there && needs.kafka.there },
  'faults, the short suite',
  () => {
    let world: World;
    let expected: Results;
    beforeAll(async () => {
      world = await openWorld();
      const calm = await suffer(world, CALM, some, undefined);
      expect(calm.line).toMatchObject({ stored: some.length, untold: 0 });
      expected = calm.results;
    }, 240_000);
    afterAll(() => world?.close(), 60_000);

    test.each(FAULTS.filter(({ short }) => short))(
      '$name: nothing is lost, doubled or contradicted',
      async (fault) => {
        const { line } = await suffer(world, fault, some, expected);
        expect(line).toMatchObject({ stored: some.length, lost: 0, duplicates: 0, contradictory: 0, untold: 0 });
        expect(line.recoverySeconds).not.toBeNull();
      },
      300_000,
    );
  },
);
