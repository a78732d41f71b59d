import { type DataSet, OWN_CAPTURE_DEVICE, patientAge, text } from '@maskwright/dicom';
import { callingAEOf } from './calling-ae.ts';
import { either, imageTypes, patternIn, wordIn } from './header-words.ts';
import { NEVER_SEGMENTED } from './never-segmented.ts';
import { isLike } from './pattern.ts';
import { projectionOf } from './projection.ts';
import { region } from './region.ts';
import type { Conditions, Range, SeriesFacts } from './selection.ts';
import { SITE_KEYWORDS } from './site.ts';
import { allOf, anyOf, notOf, type Verdict } from './verdict.ts';

export interface RuleVerdict extends Verdict {
  /** Key of `select`. */
  readonly rule: string;
}
type Rule = (conditions: Conditions, series: DataSet, facts: SeriesFacts) => Verdict | undefined;

const DESCRIPTIONS = ['SeriesDescription', 'ProtocolName'];
const NO_PROJECTION = 'no attribute states the projection';

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

/** The word of each stated rule, in the order in which they are asked; of one that excludes, where it has something to say. */
export function verdictsOf(conditions: Conditions, series: DataSet, facts: SeriesFacts): RuleVerdict[] {
  return wordsOf(conditions, series, facts).filter(({ quiet }) => !quiet);
}

function wordsOf(conditions: Conditions, series: DataSet, facts: SeriesFacts): RuleVerdict[] {
  return Object.entries(RULES).flatMap(([rule, judge]) => {
    const verdict = judge(conditions, series, facts);
    return verdict ? [{ rule, ...verdict }] : [];
  });
}

function groupVerdict(conditions: Conditions, series: DataSet, facts: SeriesFacts): Verdict {
  return allOf(wordsOf(conditions, series, facts), ' and ');
}
function groupVerdicts(groups: readonly Conditions[], series: DataSet, facts: SeriesFacts): Verdict[] {
  return groups.map((group) => groupVerdict(group, series, facts));
}

function all({ all: groups }: Conditions, series: DataSet, facts: SeriesFacts): Verdict | undefined {
  return groups && allOf(groupVerdicts(groups, series, facts), '; ');
}

function any({ any: groups }: Conditions, series: DataSet, facts: SeriesFacts): Verdict | undefined {
  return groups && anyOf(groupVerdicts(groups, series, facts));
}

function not({ not: group }: Conditions, series: DataSet, facts: SeriesFacts): Verdict | undefined {
  return group && notOf(groupVerdict(group, series, facts));
}

function modality({ modality }: Conditions, series: DataSet): Verdict | undefined {
  const value = text(series, 'Modality')?.toUpperCase() ?? '';
  if (!modality) return undefined;
  if (NEVER_SEGMENTED.includes(value)) return { passed: false, reason: 'Modality is one that holds no images' };
  if (text(series, 'SecondaryCaptureDeviceManufacturer') === OWN_CAPTURE_DEVICE)
    return { passed: false, reason: 'it is a key image of an earlier result' };
  const known = modality.find((one) => one === value);
  if (known) return { passed: true, reason: `Modality is ${known}` };
  return { passed: false, reason: `Modality is not ${either(modality)}` };
}

function sopClass({ sopClass }: Conditions, series: DataSet): Verdict | undefined {
  const value = text(series, 'SOPClassUID');
  if (!sopClass) return undefined;
  if (value === undefined)
    return { passed: true, reason: 'SOPClassUID is not stated and need not be', unknown: 'optional' };
  if (sopClass.includes(value)) return { passed: true, reason: 'SOPClassUID is one of the task’s' };
  return { passed: false, reason: 'SOPClassUID is none of the task’s' };
}

function imageType({ excludeImageType: words }: Conditions, series: DataSet): Verdict | undefined {
  if (!words) return undefined;
  const type = words.find((word) => imageTypes(series).includes(word.toUpperCase()));
  return type ? { passed: false, reason: `ImageType says ${type}` } : notExcluded(series, ['ImageType']);
}

function description({ excludeDescription: words }: Conditions, series: DataSet): Verdict | undefined {
  if (!words) return undefined;
  for (const keyword of DESCRIPTIONS) {
    const word = wordIn(series, keyword, words);
    if (word) return { passed: false, reason: `${keyword} says "${word}"` };
  }
  return notExcluded(series, DESCRIPTIONS);
}

/** What the attributes say is not excluded, or they say nothing. */
function notExcluded(series: DataSet, keywords: readonly string[]): Verdict {
  const silent = keywords.every((keyword) => text(series, keyword) === undefined);
  if (silent) return { passed: true, reason: `no ${either(keywords)} is stated`, unknown: 'optional', quiet: true };
  return { passed: true, reason: `${either(keywords)} says nothing that is excluded`, quiet: true };
}

function view({ excludeView }: Conditions, series: DataSet): Verdict | undefined {
  if (!excludeView) return undefined;
  const projection = projectionOf(series);
  if (!projection) return { passed: true, reason: NO_PROJECTION, unknown: 'optional', quiet: true };
  return { passed: !excludeView.includes(projection.view), reason: `${projection.origin} says ${projection.view}` };
}

function viewIs({ view: views }: Conditions, series: DataSet): Verdict | undefined {
  if (!views) return undefined;
  const projection = projectionOf(series);
  if (!projection) return { passed: false, reason: NO_PROJECTION, unknown: 'optional' };
  return { passed: views.includes(projection.view), reason: `${projection.origin} says ${projection.view}` };
}

function descriptionPattern({ descriptionPattern: patterns }: Conditions, series: DataSet): Verdict | undefined {
  if (!patterns) return undefined;
  const like = patternIn(series, DESCRIPTIONS, patterns);
  if (like) return { passed: true, reason: `${like.keyword} is like "${like.pattern}"` };
  return { passed: false, reason: 'no description is like one of the task’s patterns' };
}

function excludeDescriptionPattern(
  { excludeDescriptionPattern: patterns }: Conditions,
  series: DataSet,
): Verdict | undefined {
  if (!patterns) return undefined;
  const like = patternIn(series, DESCRIPTIONS, patterns);
  if (like) return { passed: false, reason: `${like.keyword} is like "${like.pattern}"` };
  return notExcluded(series, DESCRIPTIONS);
}

function age({ age: range }: Conditions, series: DataSet): Verdict | undefined {
  if (!range) return undefined;
  const years = patientAge(series)?.years;
  if (years === undefined)
    return range.required
      ? { passed: false, reason: 'the age is not stated and must be', unknown: 'required' }
      : { passed: true, reason: 'the age is not stated and need not be', unknown: 'optional' };
  const passed = isWithin(years, range);
  return { passed, reason: `the age is ${passed ? '' : 'not '}${rangeText(range)} years` };
}

/** Who and where is matched and never told: neither the header nor which of the patterns it is like. */
function site({ site: patterns }: Conditions, series: DataSet): Verdict | undefined {
  if (!patterns) return undefined;
  const like = patternIn(series, SITE_KEYWORDS, patterns);
  if (like) return { passed: true, reason: `${like.keyword} is one of the task’s sites` };
  return { passed: false, reason: 'no attribute names one of the task’s sites' };
}

function callingAE({ callingAE: patterns }: Conditions, series: DataSet, facts: SeriesFacts): Verdict | undefined {
  if (!patterns) return undefined;
  const title = facts.callingAE ?? callingAEOf(series);
  if (title === undefined)
    return { passed: false, reason: 'the archive does not tell the calling AE title', unknown: 'optional' };
  const passed = patterns.some((pattern) => isLike(title, pattern));
  return { passed, reason: `the calling AE title is ${passed ? 'one' : 'none'} of the task’s` };
}

function slices({ slices: range }: Conditions, _: DataSet, { slices: count }: SeriesFacts): Verdict | undefined {
  if (!range) return undefined;
  if (count === undefined)
    return { passed: true, reason: 'the number of images is not known yet', unknown: 'optional' };
  return { passed: isWithin(count, range), reason: `${count} images, and ${rangeText(range)} are asked for` };
}

function isWithin(value: number, { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Range): boolean {
  return value >= from && value <= to;
}
function rangeText({ from, to }: Range): string {
  if (from === undefined) return `at most ${to}`;
  return to === undefined ? `at least ${from}` : `${from} to ${to}`;
}
