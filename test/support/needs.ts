import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe } from 'vitest';

export const repositoryRoot = path.resolve(import.meta.dirname, '../..');
/** The folder of real data and tools that lies beside the checkout. */
export const sharedFolder = process.env.MASKWRIGHT_SHARED ?? path.resolve(repositoryRoot, '../shared');

/**
 * `describe` for tests that need something that not every machine has. Elsewhere they are skipped and the title says why;
 * where CI=true the absence is a failure, because there the tools must be.
 */
export function describeWith(
  need: { readonly name: string; readonly there: boolean },
  title: string,
  body: () => void,
): void {
  if (need.there) describe(title, body);
  else if (process.env.CI === 'true') {
    describe(title, () => {
      throw new Error(`${need.name} must be there in CI: see .ci/run`);
    });
  } else describe.skip(`${title} (skipped: no ${need.name} here)`, body);
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some((folder) => folder !== '' && existsSync(path.join(folder, command)));
}

/** Python with pydicom and highdicom: the independent judge. */
export const judgePython =
  process.env.MASKWRIGHT_PYTHON ??
  [path.join(repositoryRoot, '.venv/bin/python')].find((file) => existsSync(file)) ??
  'python3';
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const kafkaFolder = process.env.KAFKA_DIST ?? path.join(repositoryRoot, '.ci/kafka');
/** OHIF with its browser check, as ../shared/tools/ohif/install.sh makes it. */
export const ohifFolder = process.env.OHIF_CHECK ?? path.join(repositoryRoot, '.ci/tools/ohif');

export const needs = {
  sharedData: { name: 'folder ../shared', there: existsSync(path.join(sharedFolder, 'data')) },
  orthanc: {
    name: 'Orthanc with ../shared/tools',
    there: onPath('Orthanc') && existsSync(path.join(sharedFolder, 'tools')),
  },
  kafka: {
    name: 'Kafka with ../shared/tools',
    there: onPath('java') && existsSync(path.join(kafkaFolder, 'libs')) && existsSync(path.join(sharedFolder, 'tools')),
  },
  dcmtk: { name: 'dcmqrscp of DCMTK', there: onPath('dcmqrscp') },
  dciodvfy: { name: 'dciodvfy', there: onPath('dciodvfy') },
  judge: {
    name: 'dciodvfy, Python with highdicom, and ../shared/tools',
    there: onPath('dciodvfy') && existsSync(judgePython) && existsSync(path.join(sharedFolder, 'tools')),
  },
  ohif: {
    name: 'OHIF with Chromium and Orthanc',
    there:
      existsSync(path.join(ohifFolder, 'node_modules')) &&
      existsSync(chromiumPath) &&
      onPath('Orthanc') &&
      existsSync(path.join(sharedFolder, 'tools')),
  },
  chromium: { name: 'Chromium', there: existsSync(chromiumPath) },
} as const;
