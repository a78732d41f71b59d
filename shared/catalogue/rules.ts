import { type DataSet, OWN_CAPTURE_DEVICE, patientAge, text } from '@maskwright/dicom';
import { callingAEOf } from './calling-ae.ts';
import { either, imageTypes, patternIn, wordIn } from './header-words.ts';
import { NEVER_SEGMENTED } from './never-segmented.ts';
import { isLike } from './pattern.ts';
import { projectionOf } from './projection.ts';
import { region } from './region.ts';
import type { Conditions, Range, SeriesFacts } from './selection.ts';
import { SITE_KEYWORDS } from './site.ts';

export interface RuleVerdict {
  /** Key of `select`. */
  readonly rule: string;
  readonly passed: boolean;
  readonly reason: string;
}
/** A rule's word on a series; undefined where it has none. */
export type Verdict = { readonly passed: boolean; readonly reason: string } | undefined;
type Rule = (conditions: Conditions, series: DataSet, facts: SeriesFacts) => Verdict;

const DESCRIPTIONS = ['SeriesDescription', 'ProtocolName'];

const RULES: Readonly<Record<string, Rule>> = {
  modality,
  sopClass,
  bodyPart: region,
  excludeImageType: imageType,
  excludeDescription: description,
  descriptionPattern,
  excludeDescriptionPattern,
  view: viewIs,
  excludeView: view,
  age,
  site,
  callingAE,
  slices,
  all,
  any,
  not,
};

/** The word of each stated rule, in the order in which they are asked. */
export function verdictsOf(conditions: Conditions, series: DataSet, facts: SeriesFacts): RuleVerdict[] {
  return Object.entries(RULES).flatMap(([rule, judge]) => {
    const verdict = judge(conditions, series, facts);
    return verdict ? [{ rule, ...verdict }] : [];
  });
}

/** One group's word: the reasons against it, or those for it. */
function groupVerdict(conditions: Conditions, series: DataSet, facts: SeriesFacts) {
  const verdicts = verdictsOf(conditions, series, facts);
  const against = verdicts.filter(({ passed }) => !passed);
  const decisive = against.length > 0 ? against : verdicts;
  return { passed: against.length === 0, reason: decisive.map(({ reason }) => reason).join(' and ') };
}

function all({ all: groups }: Conditions, series: DataSet, facts: SeriesFacts): Verdict {
  if (!groups) return undefined;
  const verdicts = groups.map((group) => groupVerdict(group, series, facts));
  const against = verdicts.filter(({ passed }) => !passed);
  const decisive = against.length > 0 ? against : verdicts;
  return { passed: against.length === 0, reason: decisive.map(({ reason }) => reason).join('; ') };
}

function any({ any: groups }: Conditions, series: DataSet, facts: SeriesFacts): Verdict {
  if (!groups) return undefined;
  const verdicts = groups.map((group) => groupVerdict(group, series, facts));
  const holding = verdicts.find(({ passed }) => passed);
  if (holding) return holding;
  return { passed: false, reason: `none of these holds: ${verdicts.map(({ reason }) => reason).join('; ')}` };
}

function not({ not: group }: Conditions, series: DataSet, facts: SeriesFacts): Verdict {
  if (!group) return undefined;
  const { passed, reason } = groupVerdict(group, series, facts);
  return { passed: !passed, reason: passed ? `it must not hold that ${reason}` : reason };
}

function modality({ modality }: Conditions, series: DataSet): Verdict {
  const value = text(series, 'Modality')?.toUpperCase() ?? '';
  if (!modality) return undefined;
  if (NEVER_SEGMENTED.includes(value)) return { passed: false, reason: 'Modality is one that holds no images' };
  if (text(series, 'SecondaryCaptureDeviceManufacturer') === OWN_CAPTURE_DEVICE)
    return { passed: false, reason: 'it is a key image of an earlier result' };
  const known = modality.find((one) => one === value);
  if (known) return { passed: true, reason: `Modality is ${known}` };
  return { passed: false, reason: `Modality is not ${either(modality)}` };
}

function sopClass({ sopClass }: Conditions, series: DataSet): Verdict {
  const value = text(series, 'SOPClassUID');
  if (!sopClass || value === undefined) return undefined;
  if (sopClass.includes(value)) return { passed: true, reason: 'SOPClassUID is one of the task’s' };
  return { passed: false, reason: 'SOPClassUID is none of the task’s' };
}

function imageType({ excludeImageType = [] }: Conditions, series: DataSet): Verdict {
  const type = excludeImageType.find((word) => imageTypes(series).includes(word.toUpperCase()));
  return type ? { passed: false, reason: `ImageType says ${type}` } : undefined;
}

function description({ excludeDescription = [] }: Conditions, series: DataSet): Verdict {
  for (const keyword of ['SeriesDescription', 'ProtocolName']) {
    const word = wordIn(series, keyword, excludeDescription);
    if (word) return { passed: false, reason: `${keyword} says "${word}"` };
  }
  return undefined;
}

function view({ excludeView }: Conditions, series: DataSet): Verdict {
  const projection = excludeView && projectionOf(series);
  if (!projection) return undefined;
  return { passed: !excludeView.includes(projection.view), reason: `${projection.origin} says ${projection.view}` };
}

function viewIs({ view: views }: Conditions, series: DataSet): Verdict {
  if (!views) return undefined;
  const projection = projectionOf(series);
  if (!projection) return { passed: false, reason: 'no attribute states the projection' };
  return { passed: views.includes(projection.view), reason: `${projection.origin} says ${projection.view}` };
}

function descriptionPattern({ descriptionPattern: patterns }: Conditions, series: DataSet): Verdict {
  if (!patterns) return undefined;
  const like = patternIn(series, DESCRIPTIONS, patterns);
  if (like) return { passed: true, reason: `${like.keyword} is like "${like.pattern}"` };
  return { passed: false, reason: 'no description is like one of the task’s patterns' };
}

function excludeDescriptionPattern({ excludeDescriptionPattern: patterns }: Conditions, series: DataSet): Verdict {
  const like = patterns && patternIn(series, DESCRIPTIONS, patterns);
  return like ? { passed: false, reason: `${like.keyword} is like "${like.pattern}"` } : undefined;
}

function age({ age: range }: Conditions, series: DataSet): Verdict {
  if (!range) return undefined;
  const years = patientAge(series)?.years;
  if (years === undefined)
    return { passed: !range.required, reason: `the age is not stated and ${range.required ? 'must' : 'need not'} be` };
  const passed = isWithin(years, range);
  return { passed, reason: `the age is ${passed ? '' : 'not '}${rangeText(range)} years` };
}

/** Who and where is matched and never told: neither the header nor which of the patterns it is like. */
function site({ site: patterns }: Conditions, series: DataSet): Verdict {
  if (!patterns) return undefined;
  const like = patternIn(series, SITE_KEYWORDS, patterns);
  if (like) return { passed: true, reason: `${like.keyword} is one of the task’s sites` };
  return { passed: false, reason: 'no attribute names one of the task’s sites' };
}

function callingAE({ callingAE: patterns }: Conditions, series: DataSet, facts: SeriesFacts): Verdict {
  if (!patterns) return undefined;
  const title = facts.callingAE ?? callingAEOf(series);
  if (title === undefined) return { passed: false, reason: 'the archive does not tell the calling AE title' };
  const passed = patterns.some((pattern) => isLike(title, pattern));
  return { passed, reason: `the calling AE title is ${passed ? 'one' : 'none'} of the task’s` };
}

function slices({ slices: range }: Conditions, _: DataSet, { slices: count }: SeriesFacts): Verdict {
  if (!range) return undefined;
  if (count === undefined) return { passed: true, reason: 'the number of images is not known yet' };
  return { passed: isWithin(count, range), reason: `${count} images, and ${rangeText(range)} are asked for` };
}

function isWithin(value: number, { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Range): boolean {
  return value >= from && value <= to;
}
function rangeText({ from, to }: Range): string {
  if (from === undefined) return `at most ${to}`;
  return to === undefined ? `at least ${from}` : `${from} to ${to}`;
}
