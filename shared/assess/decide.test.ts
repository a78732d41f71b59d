import { describe, expect, test } from 'vitest';
import { decide, type Evidence } from './decide.ts';

const atEdge: Evidence = {
  gatePassed: true,
  zone: 'between',
  agreement: 0.5,
  conventionalFits: true,
  humanPrompt: false,
  learned: true,
};

describe('decide', () => {
  test.each<[string, Partial<Evidence>, string, string]>([
    ['at home', { zone: 'near' }, 'vlsm', 'at-home'],
    ['at home, partly other masks', { zone: 'near', agreement: 0.3 }, 'vlsm', 'at-home'],
    ['at home, unrelated masks', { zone: 'near', agreement: 0.29 }, 'needs-person', 'models-disagree'],
    ['at home without a comparison', { zone: 'near', agreement: undefined }, 'vlsm', 'at-home'],
    ['at the edge, same masks', { agreement: 0.8 }, 'vlsm', 'models-agree'],
    ['at the edge, same masks, unfit other model', { agreement: 1, conventionalFits: false }, 'vlsm', 'models-agree'],
    ['at the edge, other masks', { agreement: 0.79 }, 'conventional', 'models-differ'],
    ['at the edge, least overlap', { agreement: 0.3 }, 'conventional', 'models-differ'],
    ['at the edge, unfit other model', { conventionalFits: false }, 'needs-person', 'conventional-unfit'],
    ['at the edge, unrelated masks', { agreement: 0.29 }, 'needs-person', 'models-disagree'],
    ['at the edge without a comparison', { agreement: undefined }, 'needs-person', 'no-comparison'],
    ['beyond, though the masks are the same', { zone: 'beyond', agreement: 1 }, 'needs-person', 'too-far'],
    ['at home, gate failed', { zone: 'near', gatePassed: false }, 'needs-person', 'gate'],
    ['no statistics', { zone: 'unknown' }, 'needs-person', 'gate'],
    ['asked by a person, beyond', { humanPrompt: true, zone: 'beyond' }, 'vlsm', 'asked'],
    ['asked by a person, gate failed', { humanPrompt: true, gatePassed: false }, 'vlsm', 'asked'],
    [
      'asked by a person for what it has not learned',
      { humanPrompt: true, learned: false, zone: 'near' },
      'needs-person',
      'not-learned',
    ],
    [
      'a task of its own that asks for more than was learned',
      { learned: false, zone: 'near' },
      'needs-person',
      'not-learned',
    ],
    ['foretold: the VLSM', { forecast: { best: 'vlsm', least: 0.8, floor: 0.6 } }, 'vlsm', 'predicted'],
    [
      'foretold: the other',
      { forecast: { best: 'conventional', least: 0.8, floor: 0.6 } },
      'conventional',
      'predicted',
    ],
    [
      'foretold: the mean of both',
      { forecast: { best: 'consensus', least: 0.8, floor: 0.6 } },
      'consensus',
      'predicted',
    ],
    [
      'foretold below the floor, though at home',
      { zone: 'near', forecast: { best: 'vlsm', least: 0.59, floor: 0.6 } },
      'needs-person',
      'below-floor',
    ],
    [
      'foretold good, but the masks are unrelated',
      { agreement: 0.2, forecast: { best: 'vlsm', least: 0.9, floor: 0.6 } },
      'needs-person',
      'models-disagree',
    ],
    [
      'foretold good, but beyond',
      { zone: 'beyond', forecast: { best: 'vlsm', least: 0.9, floor: 0.6 } },
      'needs-person',
      'too-far',
    ],
  ])('%s', (_, evidence, choose, because) => {
    expect(decide({ ...atEdge, ...evidence })).toEqual({ choose, because });
  });
});
