import { codeKey, holdsWords, plainText } from '@maskwright/catalogue';
import { codes, type DataSet, items, number, text } from '@maskwright/dicom';
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
export function heartViewOf(dataset: DataSet): Reading {
  for (const code of codes(dataset, 'ViewCodeSequence')) {
    const view = VIEW_CODE[codeKey(code)];
    if (view) return found(view, 'ViewCodeSequence');
  }
  for (const keyword of ['SeriesDescription', 'ProtocolName']) {
    const description = plainText(dataset, keyword) ?? '';
    const named = Object.entries(VIEW_WORDS).filter(([, words]) => words.some((word) => holdsWords(description, word)));
    if (named.length === 1 && named[0]) return found(named[0][0], keyword);
  }
  return undefined;
}

/** CardiacCyclePosition (PS3.3 C.8.12.5); the standard's other positions have no word in the paper. */
const CYCLE: Readonly<Record<string, string>> = { END_SYSTOLE: 'systole', END_DIASTOLE: 'diastole' };
const OTHER_POSITIONS = ['UNDETERMINED'];

/** End of systole or diastole: CardiacCyclePosition, else the nominal percentage of the R-R interval. */
export function cycleOf(dataset: DataSet): Reading {
  const synchronization = items(dataset, 'SharedFunctionalGroupsSequence').flatMap((group) =>
    items(group, 'CardiacSynchronizationSequence'),
  );
  for (const place of [dataset, ...synchronization]) {
    const position = text(place, 'CardiacCyclePosition');
    const cycle = position === undefined ? undefined : CYCLE[position.slice(0, 16).toUpperCase()];
    if (cycle) return found(cycle, 'CardiacCyclePosition');
    if (position !== undefined && !OTHER_POSITIONS.includes(position)) return refused('CardiacCyclePosition');
    const percentage = number(place, 'NominalPercentageOfCardiacPhase');
    const byPercentage = percentage === undefined ? undefined : cycleAt(percentage);
    if (byPercentage) return found(byPercentage, 'NominalPercentageOfCardiacPhase');
  }
  return undefined;
}

/** The R wave ends diastole; systole ends at about 35 to 45 % of the interval. Between them nothing is said. */
function cycleAt(percentage: number): string | undefined {
  if ((percentage >= 0 && percentage <= 5) || (percentage >= 95 && percentage <= 100)) return 'diastole';
  return percentage >= 35 && percentage <= 45 ? 'systole' : undefined;
}
