import { codeKey, holdsAny, plainText } from '@maskwright/catalogue';
import { codes, type DataSet, items, number, text, texts } from '@maskwright/dicom';
import { found, type Reading, refused } from './reading.ts';

/** CID 12226 Echocardiography Image View, as far as the paper's prompts have words for it. */
const VIEW_CODE: Readonly<Record<string, string>> = {
  'SCT:399232001': 'two-chamber',
  'DCM:122565': 'two-chamber',
  'SCT:399214001': 'four-chamber',
  'DCM:130681': 'four-chamber',
  'DCM:130682': 'four-chamber',
};
const VIEW_WORDS: Readonly<Record<string, readonly string[]>> = {
  'two-chamber': ['a2c', 'ap2', '2ch', '2 ch', 'two chamber', '2 chamber'],
  'four-chamber': ['a4c', 'ap4', '4ch', '4 ch', 'four chamber', '4 chamber'],
};

/** View of the heart: ViewCodeSequence, else a description that names exactly one. */
export function heartViewOf(dataset: DataSet): Reading<'view'> {
  for (const code of codes(dataset, 'ViewCodeSequence')) {
    const view = VIEW_CODE[codeKey(code)];
    if (view) return found('view', view, 'ViewCodeSequence');
  }
  for (const keyword of ['SeriesDescription', 'ProtocolName']) {
    const description = plainText(dataset, keyword) ?? '';
    const named = Object.entries(VIEW_WORDS).filter(([, words]) => holdsAny(description, words));
    if (named.length === 1 && named[0]) return found('view', named[0][0], keyword);
  }
  return undefined;
}

type Cycle = 'diastole' | 'systole';
/** CardiacCyclePosition (PS3.3 C.8.12.5); the standard's other positions have no word in the paper. */
const POSITION: Readonly<Record<string, Cycle>> = { END_SYSTOLE: 'systole', END_DIASTOLE: 'diastole' };
const OTHER_POSITIONS = ['UNDETERMINED'];
/** What systems write into ImageType beyond its third value, or into StageName. */
const MARK: Readonly<Record<string, Cycle>> = { ...POSITION, ED: 'diastole', ES: 'systole' };

/**
 * End of systole or diastole: CardiacCyclePosition, else the nominal percentage of the R-R interval, else the trigger
 * time as a part of that interval, else a mark in ImageType or StageName.
 */
export function cycleOf(dataset: DataSet): Reading<'cycle'> {
  const synchronization = items(dataset, 'SharedFunctionalGroupsSequence').flatMap((group) =>
    items(group, 'CardiacSynchronizationSequence'),
  );
  for (const place of [dataset, ...synchronization]) {
    const position = text(place, 'CardiacCyclePosition');
    const cycle = position === undefined ? undefined : POSITION[position.slice(0, 16).toUpperCase()];
    if (cycle) return found('cycle', cycle, 'CardiacCyclePosition');
    if (position !== undefined && !OTHER_POSITIONS.includes(position)) return refused('cycle', 'CardiacCyclePosition');
    const byPercentage = cycleAt(number(place, 'NominalPercentageOfCardiacPhase'));
    if (byPercentage) return found('cycle', byPercentage, 'NominalPercentageOfCardiacPhase');
  }
  const byTrigger = cycleAt(percentageOfInterval(dataset));
  if (byTrigger) return found('cycle', byTrigger, 'TriggerTime, NominalInterval');
  for (const [keyword, marks] of [
    ['ImageType', texts(dataset, 'ImageType').slice(2)],
    ['StageName', texts(dataset, 'StageName')],
  ] as const) {
    const named = new Set(marks.flatMap((mark) => MARK[mark.slice(0, 16).toUpperCase().replace(' ', '_')] ?? []));
    const [cycle] = named;
    if (cycle && named.size === 1) return found('cycle', cycle, keyword);
  }
  return undefined;
}

/** TriggerTime and NominalInterval in ms (PS3.3 C.7.6.18.1, C.8.3). */
function percentageOfInterval(dataset: DataSet): number | undefined {
  const time = number(dataset, 'TriggerTime');
  const interval = number(dataset, 'NominalInterval');
  return time === undefined || interval === undefined || interval < 200 ? undefined : (100 * time) / interval;
}

/** The R wave ends diastole; systole ends at about 35 to 45 % of the interval. Between them nothing is said. */
function cycleAt(percentage: number | undefined): Cycle | undefined {
  if (percentage === undefined) return undefined;
  if ((percentage >= 0 && percentage <= 5) || (percentage >= 95 && percentage <= 100)) return 'diastole';
  return percentage >= 35 && percentage <= 45 ? 'systole' : undefined;
}
