import { readFileSync } from 'node:fs';
import type { Service } from './service.ts';

/** What a process held at one moment. */
export interface Sample {
  readonly service: string;
  readonly pid: number;
  readonly second: number;
  readonly mib: number;
}

export interface Life {
  /** How many the service had; this is the longest of them. */
  readonly lives: number;
  readonly minutes: number;
  /** Resident at its end. */
  readonly mib: number;
  /** By least squares over the first half of the life, in which a process gets warm, and over the second. */
  readonly mibAnHour: readonly [number, number];
  /** MiB at each minute, so that it can be looked at. */
  readonly eachMinute: readonly number[];
}

/** Linux only (/proc). A service that is down has none. */
export function residentMemory(services: readonly Service[], second: number): Sample[] {
  return services.flatMap((service) => {
    const pid = service.pid();
    const mib = pid === undefined ? undefined : residentMib(pid);
    return pid === undefined || mib === undefined ? [] : [{ service: service.name, pid, second, mib }];
  });
}

function residentMib(pid: number): number | undefined {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 2 ** 20;
  } catch {
    return undefined;
  }
}

/** The longest life of each service. */
export function longestLives(samples: readonly Sample[]): Record<string, Life> {
  return Object.fromEntries(
    [...Map.groupBy(samples, ({ service }) => service)].map(([service, mine]) => {
      const lives = [...Map.groupBy(mine, ({ pid }) => pid).values()].sort((a, b) => lengthOf(b) - lengthOf(a));
      const [longest = []] = lives;
      const half = Math.floor(longest.length / 2);
      const mibAnHour = [slope(longest.slice(0, half)), slope(longest.slice(half))] as const;
      const end = longest.at(-1)?.mib ?? 0;
      return [
        service,
        { lives: lives.length, minutes: lengthOf(longest) / 60, mib: end, mibAnHour, eachMinute: eachMinute(longest) },
      ];
    }),
  );
}

function lengthOf(life: readonly Sample[]): number {
  return (life.at(-1)?.second ?? 0) - (life[0]?.second ?? 0);
}

function eachMinute(life: readonly Sample[]): number[] {
  const byMinute = Map.groupBy(life, ({ second }) => Math.floor(second / 60));
  return [...byMinute.values()].flatMap(([first]) => (first ? [Math.round(first.mib)] : []));
}

/** MiB an hour by least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean(({ second }) => second), mean(({ mib }) => mib)];
  const over = samples.reduce((sum, { second, mib }) => sum + (second - x) * (mib - y), 0);
  const under = samples.reduce((sum, { second }) => sum + (second - x) ** 2, 0);
  return under === 0 ? 0 : (over / under) * 3600;
}
