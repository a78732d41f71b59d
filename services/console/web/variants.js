// The results of one series and task: the catalogue's own and those of other words.
import { addressOf } from './address.js';
import { byId, clock, element, redraw, shownState, stateChip } from './dom.js';
import { groupOf, groupsOf } from './worklist.js';

/** @param results of the worklist, by key */
export function variantsOf(result, results) {
  return groupsOf([...results.values()].filter((one) => groupOf(one) === groupOf(result)))[0] ?? [];
}

/** An earlier version is named by when it was made, for its newest event is that another came. */
export function nameOf(result, variants) {
  if (result.prompt) return `“${result.prompt}”`;
  const alone = variants.filter(({ prompt }) => !prompt).length === 1;
  return alone ? 'Catalogue prompts' : `Catalogue prompts, ${clock(result.madeAt ?? result.at)}`;
}

/** @param beside key of the one that is shown beside it, or null */
export function showVariants(result, variants, beside) {
  byId('variants').hidden = variants.length < 2;
  byId('together').hidden = variants.length < 2;
  byId('together').setAttribute('aria-pressed', String(variants.some(({ key }) => key === beside)));
  const links = variants.map((one) => {
    const isBeside = one.key === beside;
    return element(
      'a',
      {
        href: addressOf(one.key),
        'data-of': one.key,
        'data-beside': isBeside,
        'aria-current': one.key === result.key ? 'true' : null,
      },
      nameOf(one, variants),
      isBeside && element('span', { class: 'unseen' }, ' (beside)'),
      shownState(one) !== 'stored' && stateChip(one),
    );
  });
  redraw(byId('variants'), links);
}

/** Of many results the one that was chosen is in sight. */
export function showChosen() {
  const chosen = byId('variants').querySelector('[aria-current]');
  const { clientHeight } = byId('variants');
  byId('variants').scrollTop = Math.max(0, chosen.offsetTop + chosen.offsetHeight - clientHeight);
}
