// The page: a live worklist, the image with its masks, what is known of the result, and the words that make another one.
import { follow, getJson } from './api.js';
import { showDetail } from './detail.js';
import { byId, clock, element, isOpen, isoDate, redraw, shortUid, shownState, stateChip } from './dom.js';
import { otherWords } from './other-words.js';
import { Pane } from './pane.js';
import { groupOf, groupsOf, lineOf, showWorklist, walk } from './worklist.js';

const state = {
  results: new Map(),
  loaded: false,
  truncated: false,
  current: null,
  beside: null,
  panes: [],
  pictures: new Map(),
  /** The slices of the result that is shown, and of each series the one that was looked at last. */
  order: [],
  slices: new Map(),
  masks: true,
};

/* --- addresses: #/KEY or #/KEY/beside/OTHER --- */
function route() {
  const [, key, beside] = /^#\/([0-9a-f]{64})(?:\/beside\/([0-9a-f]{64}))?$/.exec(location.hash) ?? [];
  const before = state.results.get(state.current);
  state.current = key ?? null;
  state.beside = beside && beside !== key ? beside : null;
  byId('main').dataset.view = key ? 'result' : 'list';
  asking.forget();
  list();
  open();
  if (isNarrow()) followView(before);
}
/** Where list and result take turns, the focus goes with what is shown. */
function followView(before) {
  if (state.current && !before) byId('viewer').focus();
  else if (!state.current && before) lineOf(before)?.focus();
}
const isNarrow = () => matchMedia('(max-width: 60rem)').matches;
const addressOf = (key, beside) => `#/${key}${beside ? `/beside/${beside}` : ''}`;
const go = (key, beside) => {
  const address = addressOf(key, beside);
  if (location.hash === address) route();
  else location.hash = address;
};

function list() {
  const { current, truncated, loaded } = state;
  showWorklist({ groups: groupsOf(state.results.values()), current, truncated, loaded, filter: byId('filter').value });
}

function variantsOf(result) {
  return groupsOf([...state.results.values()].filter((one) => groupOf(one) === groupOf(result)))[0] ?? [];
}
function nameOf(result) {
  if (result.prompt) return `“${result.prompt}”`;
  const alone = variantsOf(result).filter(({ prompt }) => !prompt).length === 1;
  return alone ? 'Catalogue prompts' : `Catalogue prompts, ${clock(result.at)}`;
}

/* --- one result, or two beside each other --- */
let opening = 0;
async function open() {
  const turn = ++opening;
  const result = state.results.get(state.current);
  byId('detail').hidden = !result;
  byId('viewer-bar').hidden = !result;
  if (!result)
    return clear(
      state.current && state.loaded ? 'This result is no longer in the worklist.' : 'Choose a result in the worklist.',
    );
  byId('title').textContent = result.task.title;
  byId('facts').textContent = shortUid(result.study);
  showVariants(result);
  showChosen();
  const shown = variantsOf(result).filter(({ key }) => key === state.current || key === state.beside);
  const panes = panesFor(shown);
  const told = (error) => ({ error: error.message });
  const [details, pictures] = await Promise.all([
    Promise.all(shown.map(({ key }) => getJson(`/api/results/${key}`).catch(told))),
    Promise.all(shown.map((one) => pictureOf(one).catch(told))),
  ]);
  if (turn !== opening) return;
  const detail = details[shown.indexOf(result)];
  if (detail.error) return clear(detail.error);
  const first = pictures[shown.indexOf(result)];
  showDetail(detail, first, state.results.has(detail.supersededBy));
  document.title = `${result.task.title} – Maskwright`;
  byId('facts').textContent = [first.modality, first.bodyPart, isoDate(first.studyDate), shortUid(result.study)]
    .filter(Boolean)
    .join(' · ');
  state.order = first.slices ?? pictures.find(({ slices }) => slices)?.slices ?? [];
  const frames = first.frames ?? 0;
  const before = state.order.indexOf(state.slices.get(result.series));
  const slice = before < 0 ? (first.fullestFrame ?? 0) : before;
  byId('controls').hidden = frames === 0;
  byId('keys').hidden = frames === 0;
  byId('slices').hidden = frames < 2;
  byId('slice-keys').hidden = frames < 2;
  byId('slice').max = String(Math.max(0, frames - 1));
  byId('slice').value = String(slice);
  for (const [index, pane] of panes.entries()) {
    const picture = pictures[index];
    pane.warn(details[index].result?.warnings ?? []);
    if (picture.error) pane.say(picture.error);
    else pane.show(shown[index], picture);
  }
  look();
}

function paneOf(result, _index, shown) {
  const about = isOpen(result)
    ? 'at work…'
    : shown.length > 1 && result.key === state.current
      ? 'described at the side'
      : '';
  return new Pane(nameOf(result), about);
}

function clear(words) {
  for (const pane of state.panes) pane.close();
  state.panes = [];
  byId('variants').hidden = true;
  byId('together').hidden = true;
  byId('controls').hidden = true;
  byId('keys').hidden = true;
  byId('panes').replaceChildren(element('p', { class: 'empty' }, words));
  document.title = 'Maskwright';
}

function panesFor(shown) {
  for (const pane of state.panes) pane.close();
  state.panes = shown.map(paneOf);
  byId('panes').replaceChildren(...state.panes.map(({ root }) => root));
  byId('panes').dataset.count = String(shown.length);
  return state.panes;
}

/** A result of which there is no news looks as it did. */
function pictureOf({ key, at }) {
  const id = `${key} ${at}`;
  if (!state.pictures.has(id)) {
    const loading = getJson(`/api/results/${key}/picture`);
    loading.catch(() => state.pictures.delete(id));
    state.pictures.set(id, loading);
  }
  return state.pictures.get(id);
}

function showVariants(result) {
  const variants = variantsOf(result);
  byId('variants').hidden = variants.length < 2;
  byId('together').hidden = variants.length < 2;
  byId('together').setAttribute('aria-pressed', String(Boolean(state.beside)));
  const links = variants.map((one) => {
    const isBeside = one.key === state.beside;
    return element(
      'a',
      {
        href: addressOf(one.key),
        'data-of': one.key,
        'data-beside': isBeside,
        'aria-current': one.key === result.key ? 'true' : null,
      },
      nameOf(one),
      isBeside && element('span', { class: 'unseen' }, ' (beside)'),
      shownState(one) !== 'stored' && stateChip(one),
    );
  });
  redraw(byId('variants'), links);
}
/** Of many results the one that was chosen is in sight. */
function showChosen() {
  const chosen = byId('variants').querySelector('[aria-current]');
  const { clientHeight } = byId('variants');
  byId('variants').scrollTop = Math.max(0, chosen.offsetTop + chosen.offsetHeight - clientHeight);
}
byId('together').addEventListener('click', () => {
  const result = state.results.get(state.current);
  const other = variantsOf(result).find(({ key }) => key !== result.key);
  go(result.key, state.beside ? null : other?.key);
});
document.querySelector('.skip').addEventListener('click', (event) => {
  // The address of this page is the result that is shown.
  event.preventDefault();
  byId('viewer').focus();
});

/* --- slice, fill, outline: the same for both panes --- */
function look() {
  const index = Number(byId('slice').value);
  const slice = state.order[index] ?? null;
  const opacity = Number(byId('opacity').value);
  const shown = state.results.get(state.current);
  if (shown && slice !== null) state.slices.set(shown.series, slice);
  byId('slice-number').textContent = `${index + 1} / ${Number(byId('slice').max) + 1}`;
  byId('opacity-number').textContent = `${opacity} %`;
  for (const pane of state.panes)
    pane.look({ slice, opacity: opacity / 100, outline: byId('outline').checked, masks: state.masks });
}

function turn(step) {
  if (byId('slices').hidden) return false;
  byId('slice').value = String(Number(byId('slice').value) + step);
  look();
  return true;
}

const KEYS = {
  ArrowUp: () => turn(-1),
  ArrowDown: () => turn(1),
  PageUp: () => turn(-10),
  PageDown: () => turn(10),
  m: () => {
    state.masks = !state.masks;
    look();
    return true;
  },
  o: () => {
    byId('outline').checked = !byId('outline').checked;
    look();
    return true;
  },
  '/': () => {
    byId('words').focus();
    return true;
  },
};

document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || isNarrow()) return;
  if (target.closest('input, select, textarea, #lines, #detail, .warnings')) return;
  const digit = /^[1-9]$/.test(key) && Number(key);
  if (digit) for (const pane of state.panes) pane.toggle(digit);
  else if (KEYS[key.length === 1 ? key.toLowerCase() : key]?.()) event.preventDefault();
});
byId('panes').addEventListener(
  'wheel',
  (event) => !event.ctrlKey && turn(Math.sign(event.deltaY)) && event.preventDefault(),
  { passive: false },
);
for (const id of ['slice', 'opacity', 'outline']) byId(id).addEventListener('input', look);
byId('filter').addEventListener('change', list);
byId('lines').addEventListener('keydown', walk);

const asking = otherWords({
  shown: () => state.results.get(state.current),
  results: () => state.results,
  nameOf,
  go,
});

/* --- the live worklist --- */
const LIVE = { live: 'live', lost: 'connection lost, trying again…' };
follow({
  onState: (now) => {
    byId('live').textContent = LIVE[now];
    byId('live').dataset.state = now;
  },
  onSnapshot: ({ results, truncated }) => {
    const first = !state.loaded;
    const before = state.results.get(state.current);
    Object.assign(state, { results: new Map(results.map((one) => [one.key, one])), truncated, loaded: true });
    if (first && !state.current) openNewest();
    else if (first || state.results.get(state.current)?.at !== before?.at) open();
    list();
    for (const result of results) asking.arrived(result);
  },
  onResult: (result) => {
    const before = state.results.get(result.key);
    state.results.set(result.key, result);
    list();
    asking.arrived(result);
    if (!state.current) openNewest();
    else if (result.key === state.current || result.key === state.beside) before?.at !== result.at && open();
    else if (state.results.has(state.current)) showVariants(state.results.get(state.current));
  },
});

/** On a wide screen there is always something to see; on a narrow one the worklist comes first. */
function openNewest() {
  if (isNarrow()) return;
  const newest = groupsOf(state.results.values()).find(([first]) => first.state === 'stored')?.[0];
  if (newest) history.replaceState(null, '', addressOf(newest.key));
  if (newest) route();
}

addEventListener('hashchange', route);
route();
