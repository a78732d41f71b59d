import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLike } from './pattern.ts';
import { verdictsOf } from './rules.ts';
import { explainSelection, selectTasks } from './select.ts';
import type { Conditions, FirstOf, SeriesFacts } from './selection.ts';
import { selectionSchema } from './selection-schema.ts';
import type { Task } from './task.ts';

const task = (id: string, select: Conditions, firstOf?: FirstOf): Task => ({
  id,
  title: id,
  family: 'chest-xray',
  select: { modality: ['CR'], ...select },
  ...(firstOf ? { firstOf } : {}),
  targets: [],
  models: { vlsm: 'v', conventional: 'c' },
  promptType: 'P0',
  digest: id,
});
const CR = { Modality: 'CR' };

const CASES: readonly (readonly [string, Conditions, KeywordValues, SeriesFacts, boolean])[] = [
  [
    'a pattern over the whole description',
    { descriptionPattern: ['thorax*pa'] },
    { SeriesDescription: 'Thorax erect PA' },
    {},
    true,
  ],
  [
    'a pattern is no part of a description',
    { descriptionPattern: ['thorax'] },
    { SeriesDescription: 'Thorax PA' },
    {},
    false,
  ],
  [
    'a pattern that excludes',
    { excludeDescriptionPattern: ['*bedside*'] },
    { ProtocolName: 'Chest BEDSIDE' },
    {},
    false,
  ],
  ['a view that is asked for', { view: ['frontal'] }, { ViewPosition: 'PA' }, {}, true],
  ['another view', { view: ['frontal'] }, { ViewPosition: 'LL' }, {}, false],
  ['a view that nobody states', { view: ['frontal'] }, {}, {}, false],
  ['old enough', { age: { from: 18 } }, { PatientAge: '018Y' }, {}, true],
  [
    'of an age without unit, as its prompt says',
    { age: { from: 40, required: true } },
    { PatientAge: '045' },
    {},
    true,
  ],
  ['of an age that nobody reaches', { age: { from: 40, required: true } }, { PatientAge: '999Y' }, {}, false],
  ['too young by months', { age: { from: 1 } }, { PatientAge: '011M' }, {}, false],
  ['too young by a day', { age: { from: 18 } }, { PatientBirthDate: '20080103', StudyDate: '20260102' }, {}, false],
  ['of age on the birthday', { age: { from: 18 } }, { PatientBirthDate: '20080102', StudyDate: '20260102' }, {}, true],
  ['an age that is not stated', { age: { from: 18 } }, {}, {}, true],
  ['an age that must be stated', { age: { from: 18, required: true } }, {}, {}, false],
  ['a site', { site: ['St. Anna*'] }, { InstitutionName: 'St. Anna Hospital' }, {}, true],
  ['another site', { site: ['St. Anna*'] }, { InstitutionName: 'City Hospital' }, {}, false],
  ['a station', { site: ['XR-ROOM-?'] }, { StationName: 'XR-ROOM-2' }, {}, true],
  ['a calling AE', { callingAE: ['XR_*'] }, {}, { callingAE: 'XR_ROOM2' }, true],
  ['another calling AE', { callingAE: ['XR_*'] }, {}, { callingAE: 'CT1' }, false],
  ['a calling AE that nobody knows', { callingAE: ['XR_*'] }, {}, {}, false],
  ['enough slices', { slices: { from: 20, to: 400 } }, {}, { slices: 20 }, true],
  ['too few slices', { slices: { from: 20 } }, {}, { slices: 19 }, false],
  ['slices that were not counted', { slices: { from: 20 } }, {}, {}, true],
  ['any of two', { any: [{ site: ['A'] }, { site: ['B'] }] }, { InstitutionName: 'b' }, {}, true],
  ['none of two', { any: [{ site: ['A'] }, { site: ['B'] }] }, { InstitutionName: 'c' }, {}, false],
  [
    'all of two',
    { all: [{ site: ['A*'] }, { age: { to: 17 } }] },
    { InstitutionName: 'AB', PatientAge: '012Y' },
    {},
    true,
  ],
  [
    'one of two where all must hold',
    { all: [{ site: ['A'] }, { age: { to: 17 } }] },
    { InstitutionName: 'A', PatientAge: '030Y' },
    {},
    false,
  ],
  ['not', { not: { site: ['A'] } }, { InstitutionName: 'A' }, {}, false],
  ['not, where it does not hold', { not: { site: ['A'] } }, { InstitutionName: 'B' }, {}, true],
  ['not of an age that is not stated', { not: { age: { to: 17 } } }, {}, {}, true],
  ['not of an age that must be stated', { not: { age: { to: 17, required: true } } }, {}, {}, false],
  ['not of slices that were not counted', { not: { slices: { to: 4 } } }, {}, {}, true],
  ['not of a SOP class that is not stated', { not: { sopClass: ['1.2.3'] } }, {}, {}, true],
  ['not of a body part that is not stated', { not: { bodyPart: ['HAND'] } }, {}, {}, true],
  ['not of a body part that must be stated', { not: { bodyPart: ['HAND'], bodyPartRequired: true } }, {}, {}, false],
  [
    'not of a rule that does not hold beside an age that must be stated',
    { not: { site: ['A'], age: { to: 17, required: true } } },
    { InstitutionName: 'B' },
    {},
    true,
  ],
  ['not of a view that nobody states', { not: { view: ['lateral'] } }, {}, {}, true],
  ['not of a calling AE that nobody knows', { not: { callingAE: ['XR_*'] } }, {}, {}, true],
  [
    'not of a description that is not excluded',
    { not: { excludeDescription: ['hand'] } },
    { ProtocolName: 'PA' },
    {},
    false,
  ],
  [
    'not of a description that is excluded',
    { not: { excludeDescription: ['hand'] } },
    { ProtocolName: 'hand' },
    {},
    true,
  ],
  ['not of a description that is not stated', { not: { excludeDescription: ['hand'] } }, {}, {}, true],
  ['not of a pattern where nothing is described', { not: { excludeDescriptionPattern: ['*hand*'] } }, {}, {}, true],
  ['not of an image type that is not stated', { not: { excludeImageType: ['LOCALIZER'] } }, {}, {}, true],
  ['not of a view that is not excluded', { not: { excludeView: ['lateral'] } }, { ViewPosition: 'PA' }, {}, false],
  ['not of a view that is excluded', { not: { excludeView: ['lateral'] } }, { ViewPosition: 'LL' }, {}, true],
  ['not of an excluded view where none is stated', { not: { excludeView: ['lateral'] } }, {}, {}, true],
  ['any of what excludes nothing that is stated', { any: [{ excludeView: ['lateral'] }] }, {}, {}, true],
  ['not of not of what is not stated', { not: { not: { age: { to: 17 } } } }, {}, {}, true],
  [
    'not of an unknown rule beside one that holds',
    { not: { site: ['A'], age: { to: 17 } } },
    { InstitutionName: 'A' },
    {},
    true,
  ],
  [
    'not of any of an unknown rule and one that holds',
    { not: { any: [{ age: { to: 17 } }, { site: ['A'] }] } },
    { InstitutionName: 'A' },
    {},
    false,
  ],
  [
    'not of any of an unknown rule and one that does not hold',
    { not: { any: [{ age: { to: 17 } }, { site: ['A'] }] } },
    { InstitutionName: 'B' },
    {},
    true,
  ],
  [
    'not of all of an unknown rule and one that holds',
    { not: { all: [{ age: { to: 17 } }, { site: ['A'] }] } },
    { InstitutionName: 'A' },
    {},
    true,
  ],
  [
    'groups within groups',
    { any: [{ all: [{ not: { site: ['A'] } }, { view: ['frontal'] }] }] },
    { ViewPosition: 'PA' },
    {},
    true,
  ],
  ['words alone within a group', { any: [{ description: ['chest'] }] }, { SeriesDescription: 'chest' }, {}, true],
  ['words alone that are not there', { any: [{ description: ['chest'] }] }, { SeriesDescription: 'hand' }, {}, false],
  ['a code alone', { anatomicRegion: ['SCT:51185008'] }, {}, {}, false],
];

describe('rules', () => {
  test.each(CASES)('%s', (_, select, values, facts, selected) => {
    const catalogue = { tasks: [task('one', select)] };
    expect(selectTasks(catalogue, datasetOf({ ...CR, ...values }), facts)).toHaveLength(selected ? 1 : 0);
  });

  test.each<[Conditions, string]>([
    [{ age: { to: 17 } }, 'the age is not stated and need not be'],
    [{ age: { to: 17, required: true } }, 'the age is not stated and must be'],
    [{ slices: { to: 4 }, modality: ['CR'] }, 'the number of images is not known yet'],
    [{ sopClass: ['1.2.3'] }, 'SOPClassUID is not stated and need not be'],
    [{ modality: ['CR'] }, 'it must not hold that Modality is CR'],
    [{ excludeView: ['lateral'] }, 'no attribute states the projection'],
    [{ excludeDescription: ['hand'] }, 'no SeriesDescription or ProtocolName is stated'],
    [{ excludeDescriptionPattern: ['hand*'] }, 'no SeriesDescription or ProtocolName is stated'],
    [{ excludeImageType: ['localizer'] }, 'it must not hold that ImageType says nothing that is excluded'],
    [{ modality: ['CR'], excludeView: ['lateral'] }, 'no attribute states the projection'],
  ])('the reason of not %j: %s', (not, reason) => {
    const series = datasetOf({ ...CR, ImageType: ['ORIGINAL', 'PRIMARY'] });
    expect(verdictsOf({ not }, series, {})).toEqual([expect.objectContaining({ rule: 'not', reason })]);
  });

  test('each stated rule has a word of its own', () => {
    const select = { modality: ['CR'], view: ['frontal' as const], age: { from: 18 }, slices: { to: 4 } };
    const verdicts = verdictsOf(select, datasetOf({ ...CR, ViewPosition: 'LL', PatientAge: '040Y' }), { slices: 2 });
    expect(verdicts).toEqual([
      { rule: 'modality', passed: true, reason: 'Modality is CR' },
      { rule: 'view', passed: false, reason: 'ViewPosition says lateral' },
      { rule: 'age', passed: true, reason: 'the age is at least 18 years' },
      { rule: 'slices', passed: true, reason: '2 images, and at most 4 are asked for' },
    ]);
  });

  test('one that excludes has none where it does not, but of a view that is stated', () => {
    const select: Conditions = {
      excludeImageType: ['LOCALIZER'],
      excludeDescription: ['hand'],
      excludeDescriptionPattern: ['*hand*'],
      excludeView: ['lateral'],
    };
    expect(verdictsOf(select, datasetOf({ ...CR, ImageType: ['ORIGINAL'] }), {})).toEqual([]);
    expect(verdictsOf(select, datasetOf({ ...CR, ViewPosition: 'PA' }), {})).toEqual([
      { rule: 'excludeView', passed: true, reason: 'ViewPosition says frontal' },
    ]);
  });

  test('neither site nor calling AE nor age is told', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{8}[0-9]{4}$/), (secret) => {
        const select: Conditions = {
          site: ['*'],
          callingAE: [secret],
          any: [{ site: [secret] }, { callingAE: ['*'] }],
          not: { site: ['nowhere'] },
          descriptionPattern: ['*'],
        };
        const series = datasetOf({
          ...CR,
          InstitutionName: secret,
          StationName: secret,
          SeriesDescription: secret,
          PatientAge: '077Y',
        });
        const [explained] = explainSelection({ tasks: [task('one', { ...select, age: { from: 9 } })] }, series, {
          callingAE: secret,
        });
        expect(JSON.stringify([explained?.reasons, explained?.rules])).not.toMatch(new RegExp(`${secret}|77`));
      }),
    );
  });
});

describe('the first of a group', () => {
  const first = task('first', { view: ['frontal'] }, { group: 'chest', order: 1 });
  const second = task('second', {}, { group: 'chest', order: 2 });
  const beside = task('beside', {});
  const selected = (values: KeywordValues) =>
    selectTasks({ tasks: [second, beside, first] }, datasetOf({ ...CR, ...values })).map((one) => one.task.id);

  test('gets the series, tasks outside the group too', () => {
    expect(selected({ ViewPosition: 'PA' })).toEqual(['beside', 'first']);
    expect(selected({ ViewPosition: 'LL' })).toEqual(['second', 'beside']);
  });

  test('and the others say whom they leave it to', () => {
    const [explained] = explainSelection({ tasks: [second, first] }, datasetOf({ ...CR, ViewPosition: 'PA' }));
    expect(explained).toMatchObject({
      selected: false,
      reasons: ['of the group chest the task first goes first'],
      rules: [
        { rule: 'modality', passed: true },
        { rule: 'firstOf', passed: false },
      ],
    });
  });

  test('equal orders go by id', () => {
    const [a, b] = ['a', 'b'].map((id) => task(id, {}, { group: 'g', order: 0 }));
    if (!a || !b) throw new Error('no tasks');
    expect(selectTasks({ tasks: [b, a] }, datasetOf(CR)).map((one) => one.task.id)).toEqual(['a']);
  });
});

describe('patterns', () => {
  test('agree with the regular expression that they stand for', () => {
    const letters = fc.stringMatching(/^[ab]{0,8}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab*?]{0,8}$/), (text, pattern) => {
        const expression = new RegExp(`^${pattern.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
        expect(isLike(text, pattern)).toBe(expression.test(text));
      }),
    );
  });

  test('end soon whatever they are', () => {
    expect(isLike('a'.repeat(256), `${'*a'.repeat(60)}b`)).toBe(false);
  });
});

test.each([
  ['no bound', { age: {} }],
  ['bounds the wrong way round', { slices: { from: 3, to: 2 } }],
  ['a group without a rule', { any: [{}] }],
  ['a group that only requires the body part', { not: { bodyPartRequired: true } }],
  ['an unknown rule in a group', { all: [{ bodyParts: ['CHEST'] }] }],
  ['a modality of results in a group', { not: { modality: ['SEG'] } }],
])('refused: %s', (_, select) => {
  expect(selectionSchema.safeParse({ modality: ['CR'], ...select }).success).toBe(false);
});
