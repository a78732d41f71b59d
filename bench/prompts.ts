/**
 * Prompts for 10,000 headers: attributes, then every wording of P0 … P7 of an echocardiogram, against a Python peer
 * (pydicom data sets and string.Template, as the paper's scripts have it) on the same headers in the same run.
 *
 *     node bench/prompts.ts            PYTHON: a Python with pydicom
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
import { type DataSet, datasetOf } from '@maskwright/dicom';
import { allPrompts, extractAttributes } from '@maskwright/prompt';

const HEADERS = 10_000;
const REPEATS = 5;
const here = import.meta.dirname;
const catalogue = await loadCatalogue(path.join(here, '../catalogue'));
const task = catalogue.task('cardiac-ultrasound');
const target = task.targets.find(({ name }) => name === 'left ventricular cavity') ?? missing();
const templates = catalogue.templates(task.family);

function missing(): never {
  throw new Error('the task has lost its target');
}

/** A small generator, so that both sides and every run see the same headers. */
let state = 20231;
function below(limit: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
function pick<Value>(values: readonly [Value, ...Value[]]): Value {
  return values[below(values.length)] ?? values[0];
}
function header(): DataSet {
  return datasetOf({
    Modality: 'US',
    PatientName: 'Nobody^Here',
    PatientID: String(below(1e9)),
    PatientSex: pick(['M', 'F', 'O', 'm ']),
    PatientAge: `${String(18 + below(80)).padStart(3, '0')}${pick(['Y', ''])}`,
    StudyDate: '20260102',
    SeriesDescription: pick(['A4C', 'A2C zoom', 'PLAX']),
    CardiacCyclePosition: pick(['END_SYSTOLE', 'END_DIASTOLE']),
    BodyPartExamined: 'HEART',
    InstitutionName: 'Somewhere',
  });
}
const headers = Array.from({ length: HEADERS }, header);

function ours(): number {
  let characters = 0;
  for (const dataset of headers) {
    const { attributes } = extractAttributes({ instances: [dataset] }, task, target);
    for (const wordings of Object.values(allPrompts(templates, attributes))) {
      for (const wording of wordings) characters += wording.length;
    }
  }
  return characters;
}

const times = Array.from({ length: REPEATS }, () => {
  const start = performance.now();
  ours();
  return performance.now() - start;
});
const peer = spawnSync(process.env.PYTHON ?? 'python3', [path.join(here, 'peers/prompts.py'), String(REPEATS)], {
  input: headers.map((one) => JSON.stringify(one)).join('\n'),
  encoding: 'utf8',
  maxBuffer: 1e9,
});
if (peer.status !== 0) throw new Error(peer.stderr);
const theirs: number[] = JSON.parse(peer.stdout);
const best = (all: readonly number[]) => Math.min(...all);
const result = {
  headers: HEADERS,
  ms: times,
  peer: 'pydicom + string.Template',
  peerMs: theirs,
  ratio: best(theirs) / best(times),
};
writeFileSync(path.join(here, 'results/prompts.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(
  `${HEADERS} headers: ${best(times).toFixed(0)} ms; peer ${best(theirs).toFixed(0)} ms; ${result.ratio.toFixed(1)} times faster`,
);
