import { readFileSync } from 'node:fs';
import path from 'node:path';
import { measured } from './measured-run.ts';
import { sharedFolder } from './needs.ts';

export const hostileFolder = path.join(sharedFolder, 'data/dicom/hostile');

/** A line of EXPECT.csv: what a good reader does with a file or a series. */
export interface HostileCase {
  /** A file, or a folder that ends in a slash: one series. */
  readonly file: string;
  readonly wanted: 'reject' | 'warn-and-go-on' | 'either';
  /** What the message says in meaning. */
  readonly phrase: string;
}
export interface HostileOutcome {
  readonly given: 'ok' | 'warned' | 'rejected' | 'crashed';
  readonly messages: readonly string[];
  readonly milliseconds: number;
  /** Of it on the processor, of all processes. */
  readonly processorMs: number;
  /** Highest resident memory of the command and of the processes that it started, added. */
  readonly peakMiB: number;
}

export function hostileCases(): HostileCase[] {
  const [, ...lines] = readFileSync(path.join(hostileFolder, 'EXPECT.csv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [file = '', , verdict = '', phrase = ''] = cellsOf(line);
    const wanted = verdict === 'reject' || verdict === 'either' ? verdict : 'warn-and-go-on';
    return { file, wanted, phrase };
  });
}

/** Cells of a line of CSV; those with commas are in quotes. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** `maskwright inspect --json` of one case, in a process of its own. */
export async function inspectCase({ file }: HostileCase): Promise<HostileOutcome> {
  const run = await measured(['inspect', '--json', path.join(hostileFolder, file)]);
  return outcomeOf(run.stdout, run);
}

/** The verdict over all findings of one case: the worst of them. */
export function outcomeOf(
  json: string,
  { stderr = '', ...cost }: Pick<HostileOutcome, 'milliseconds' | 'processorMs' | 'peakMiB'> & { stderr?: string },
): HostileOutcome {
  try {
    const findings: { verdict: 'ok' | 'warned' | 'rejected'; errors: string[]; warnings: string[] }[] =
      JSON.parse(json);
    const has = (verdict: string): boolean => findings.some((one) => one.verdict === verdict);
    const given = has('rejected') ? 'rejected' : has('warned') ? 'warned' : 'ok';
    const messages = [...new Set(findings.flatMap(({ errors, warnings }) => [...errors, ...warnings]))];
    return { given, messages, ...pick(cost) };
  } catch {
    return { given: 'crashed', messages: [stderr.slice(-500)], ...pick(cost) };
  }
}

function pick({
  milliseconds,
  processorMs,
  peakMiB,
}: Pick<HostileOutcome, 'milliseconds' | 'processorMs' | 'peakMiB'>) {
  return { milliseconds, processorMs, peakMiB };
}

export function isWanted({ wanted }: HostileCase, { given }: HostileOutcome): boolean {
  if (wanted === 'reject') return given === 'rejected';
  if (wanted === 'warn-and-go-on') return given === 'warned';
  return given === 'rejected' || given === 'warned';
}

/** Whether the messages say what the phrase asks for, in our words. */
export function saysSo({ phrase }: HostileCase, { messages }: HostileOutcome): boolean {
  const said = messages.join('\n');
  return phrase.split(/, or /).some((one) => {
    const ours = OUR_WORDS[one];
    return ours ? ours.test(said) : said.toLowerCase().includes(one.toLowerCase());
  });
}

/** Where our words are not those of EXPECT.csv. */
const OUR_WORDS: Readonly<Record<string, RegExp>> = {
  'codestream size differs from Rows and Columns': /codestream size differs from Rows and Columns|JPEG 2000/,
  'no file meta information': /no file meta information/,
  'invalid UID': /invalid UID/,
  'unusual characters; never used as a path': /unusual characters.*never used as a path/,
  'PatientSex ignored': /PatientSex ignored/,
  'shown escaped; no prompt holds it': /shown escaped; no prompt holds it/,
  'attribute not recognised; no prompt holds it': /BodyPartExamined.*not recognised.*no prompt holds it/,
  'nothing; objects stay clean': /objects stay clean/,
  'nothing; never executed': /never executed/,
  'photometric interpretation does not fit the samples': /photometric interpretation RGB does not fit the 1 samples/,
  'palette shorter than declared': /palette.* shorter than declared/,
  'SOPInstanceUID missing': /SOPInstanceUID is missing/,
  'SeriesInstanceUID missing': /SeriesInstanceUID is missing/,
  'WindowWidth or WindowCenter': /WindowCenter or WindowWidth/,
  'date ignored': /StudyDate ignored: not a date/,
  'slice spacing uneven, slices missing': /slice spacing uneven.*slices missing/,
  'nothing; order by position': /in the order of their positions/,
  'nested too deeply': /nested too deeply/,
  'BitsStored exceeds BitsAllocated': /BitsStored 20 exceeds BitsAllocated 16/,
  'length past the end of the file': /length past the end of the file/,
};
