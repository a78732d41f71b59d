/**
 * Makes docs/faults.md of the lines that report.ts and soak.ts have printed:
 * `node test/faults/page.ts bench/results/faults.jsonl bench/results/soak.jsonl > docs/faults.md`.
 */
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { z } from 'zod';
import { FAULTS } from './faults.ts';
import type { Line } from './world/suffer.ts';

const lineSchema = z.object({
  fault: z.string(),
  what: z.string(),
  studies: z.number(),
  stored: z.number(),
  lost: z.number(),
  duplicates: z.number(),
  contradictory: z.number(),
  untold: z.number(),
  recoverySeconds: z.number().nullable(),
  restarts: z.number(),
});

const soakSchema = z.object({
  studies: z.number(),
  stored: z.number(),
  needsPerson: z.number(),
  lost: z.number(),
  untold: z.number(),
  duplicates: z.number(),
  contradictory: z.number(),
  minutes: z.number(),
  faults: z.record(z.string(), z.number()),
  recovery: z.number(),
  memory: z.record(
    z.string(),
    z.object({
      lives: z.number(),
      minutes: z.number(),
      mib: z.number(),
      mibAnHour: z.tuple([z.number(), z.number()]),
      eachMinute: z.array(z.number()),
    }),
  ),
  jobsOfSpared: z.number(),
});
type Soak = z.infer<typeof soakSchema>;

function readLines(files: readonly string[]): unknown[] {
  const texts = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return texts.filter((text) => text.startsWith('{')).map((text): unknown => JSON.parse(text));
}

/** The newest line of each fault, in the order of the suite. */
function linesOf(all: readonly unknown[]): Line[] {
  const newest = new Map<string, Line>();
  for (const one of all) {
    const { data: line } = lineSchema.safeParse(one);
    if (line) newest.set(line.fault, line);
  }
  return ['calm', ...FAULTS.map(({ name }) => name)].flatMap((name) => newest.get(name) ?? []);
}

const read = readLines(process.argv.slice(2));
process.stdout.write(page(linesOf(read), read.map((one) => soakSchema.safeParse(one).data).findLast(Boolean)));

function page(all: readonly Line[], soak: Soak | undefined): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  const rows = all.map(
    ({ fault, what, studies: count, stored, lost, duplicates, contradictory, untold, recoverySeconds, restarts }) =>
      `| ${fault} | ${what} | ${count} | ${stored} | ${lost} | ${duplicates} | ${contradictory} | ${untold} | ${recoverySeconds === null ? 'never' : recoverySeconds.toFixed(1)} | ${restarts} |`,
  );
  return [
    '# Faults',
    '',
    'Real processes: an Orthanc, a Kafka broker, an intake and a segmenter under a supervisor that starts them again; PACS and broker behind TCP proxies. While small studies (one image each, tiny models) are worked on, one fault strikes. The calm run says what should come of them. Written by `node test/faults/report.ts > lines` and `node test/faults/page.ts lines > docs/faults.md`.',
    '',
    `Run on ${new Date().toISOString().slice(0, 10)}, ${machine}, beside other work.`,
    '',
    '| fault | what happens | studies in | SEGs stored | lost | duplicates | contradictory | untold | recovery, s | restarts |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    '*Untold*: stored, but the log of events does not say so. *Recovery*: from the end of the fault, or from the last study where that came later, to the last result stored and told. *Restarts*: how often the supervisor started a service again.',
    '',
    ...(soak ? soakSection(soak) : []),
    '## Reading it',
    '- After a service is killed (-9), Kafka gives its partitions to others when its session is over, which is 30 s: that is most of the recovery of those rows. A service that is asked to end (SIGTERM) leaves its group at once.',
    '- An outage of the PACS is noticed after three calls without an answer; then no job is begun and the PACS is asked at most every 10 s. Jobs that had failed before it was noticed wait where they are.',
    '- A study is announced once; where the broker is away at that moment the notice is lost, as in life, and the sweep (every 3 s here, every minute by default) finds the study.',
    '',
    '## What it found',
    '- A machine whose clock is more than an hour ahead could hand in nothing: Kafka refuses such messages. The broker stamps them now.',
    '- A job that was begun by a segmenter that died, and whose message retention then deleted, was not asked for again: a job that was begun counts as one that waits now.',
    '- Both came to light by *retention loss*, which left 18 of 20 studies without a result the first time; its row is from the run after they were mended.',
    '- A short outage moved jobs to the retry topic, where they waited for a minute after the PACS was back.',
    '- A full spool disk let every job be fetched and inferred again and again, and those that had failed four times came back up to a minute after there was room (59 s in a run of 2026-11-30). Now no job is begun until there is (11 s).',
    '- In a soak of 8 minutes a segmenter grew by 1,000 MiB an hour. It was getting warm: over thousands of jobs it does not grow (`bench/segmenter-memory.ts`, figures in `bench/results/segmenter-memory-*.json`), whether the archive is well or its connections break all the time. Lives between two kills are too short to tell, so one segmenter is spared now, and the halves of its life are told apart.',
    '',
  ].join('\n');
}

/** Memory is told of the longest life of each process. */
function soakSection(soak: Soak): string[] {
  const { studies, stored, needsPerson, lost, untold, duplicates, contradictory, minutes, faults, recovery } = soak;
  const strikes = Object.values(faults).reduce((sum, one) => sum + one, 0);
  const rows = Object.entries(soak.memory).map(([service, { lives, minutes: long, mib, mibAnHour, eachMinute }]) => {
    const range = rangeOf(eachMinute.slice(Math.floor(eachMinute.length / 2)));
    return `| ${service} | ${lives} | ${long.toFixed(1)} | ${mibAnHour.map(signed).join(' | ')} | ${range} | ${mib.toFixed(0)} |`;
  });
  return [
    '## Soak',
    `${minutes.toFixed(0)} minutes (\`node test/faults/soak.ts --minutes ${minutes.toFixed(0)} --studies ${studies}\`), ${studies} studies, ${strikes} faults at random (${Object.keys(faults).length} kinds): stored ${stored}, to a person ${needsPerson}, lost ${lost}, duplicates ${duplicates}, contradictory ${contradictory}, untold ${untold}; the last result came ${recovery.toFixed(1)} s after the last fault.`,
    '',
    `A second segmenter meets every outage but is never killed: it did ${soak.jobsOfSpared} jobs. Resident memory of the longest life of each process, by least squares over its two halves (it goes up and down with the collection of garbage, so the slope of a few minutes says little):`,
    '',
    '| process | lives | longest, minutes | MiB an hour, first half | second half | MiB in the second half | at the end |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
  ];
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(0)}`;
}

function rangeOf(values: readonly number[]): string {
  return `${Math.min(...values)} to ${Math.max(...values)}`;
}
