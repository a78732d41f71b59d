import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Reached } from '@maskwright/segmenter';

/**
 * For the fault suite: where MASKWRIGHT_FAIL_AT names a moment of a job, the process is killed there as by the kernel, once
 * for each `home`. In any other environment there is nothing.
 */
export function failPoint(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Reached | undefined {
  const wanted = environment.MASKWRIGHT_FAIL_AT;
  if (!wanted) return undefined;
  return (point) => {
    if (point === wanted && firstTime(path.join(home, `failed-at-${point}`))) process.kill(process.pid, 'SIGKILL');
  };
}

function firstTime(marker: string): boolean {
  try {
    closeSync(openSync(marker, 'wx'));
    return true;
  } catch {
    return false;
  }
}
