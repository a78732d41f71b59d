// The page: a live worklist, the image with its masks, what is known of the result, and the words that make another one.
import { addressed, addressOf } from './address.js';
import { follow } from './api.js';
import { byId, isNarrow } from './dom.js';
import { otherWords } from './other-words.js';
import { nameOf, showVariants, variantsOf } from './variants.js';
import { viewer } from './viewer.js';
import { groupsOf, lineOf, showWorklist, walk } from './worklist.js';

const state = { results: new Map(), loaded: false, truncated: false, current: null, beside: null };
const shown = () => state.results.get(state.current);
const variants = (result) => variantsOf(result, state.results);

const { open, hasFailed } = viewer(state);
const asking = otherWords({
  shown,
  results: () => state.results,
  nameOf: (result) => nameOf(result, variants(result)),
  go,
});

/* --- which result --- */
function route() {
  const before = shown();
  Object.assign(state, addressed());
  byId('main').dataset.view = state.current ? 'result' : 'list';
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
function go(key, beside) {
  const address = addressOf(key, beside);
  if (location.hash === address) route();
  else location.hash = address;
}
byId('together').addEventListener('click', () => {
  const result = shown();
  const others = variants(result).filter(({ key }) => key !== result.key);
  // The one in the address may be gone.
  const isBeside = others.some(({ key }) => key === state.beside);
  go(result.key, isBeside ? null : others[0]?.key);
});
document.querySelector('.skip').addEventListener('click', (event) => {
  // The address of this page is the result that is shown.
  event.preventDefault();
  byId('viewer').focus();
});

/* --- the live worklist --- */
function list() {
  const { current, truncated, loaded } = state;
  showWorklist({ groups: groupsOf(state.results.values()), current, truncated, loaded, filter: byId('filter').value });
}
/** Many may come at once. */
let isWaiting = false;
function listSoon() {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => {
    isWaiting = false;
    list();
  }, 100);
}
byId('filter').addEventListener('change', list);
// A line of today is one of yesterday after midnight.
setInterval(list, 60_000);
byId('lines').addEventListener('keydown', walk);

const LIVE = { waiting: 'connecting…', live: 'live', lost: 'connection lost, trying again…' };
follow({
  onState: (now) => {
    byId('live').textContent = LIVE[now];
    byId('live').dataset.state = now;
  },
  onSnapshot: ({ results, truncated }) => {
    const first = !state.loaded;
    const before = shown();
    const oldestFirst = results.toReversed().map((one) => [one.key, one]);
    Object.assign(state, { results: new Map(oldestFirst), truncated, loaded: true });
    if (first && !state.current) openNewest();
    else if (first || hasFailed() || shown()?.at !== before?.at) open();
    list();
    for (const result of results) asking.arrived(result);
  },
  onResult: (result) => {
    const before = state.results.get(result.key);
    keep(result);
    listSoon();
    asking.arrived(result);
    if (!state.current) openNewest();
    else if (result.key === state.current || result.key === state.beside) before?.at !== result.at && open();
    else if (shown()) showVariants(shown(), variants(shown()), state.beside);
  },
});

/** As many as the server: a page stays open for days. */
const MOST = 2000;
function keep(result) {
  const { results } = state;
  results.delete(result.key);
  results.set(result.key, result);
  if (results.size <= MOST) return;
  results.delete(results.keys().next().value);
  state.truncated = true;
}

/** On a wide screen there is always something to see; on a narrow one the worklist comes first. */
function openNewest() {
  if (isNarrow()) return;
  const newest = groupsOf(state.results.values()).find(([first]) => first.state === 'stored')?.[0];
  if (newest) history.replaceState(null, '', addressOf(newest.key));
  if (newest) route();
}

addEventListener('hashchange', route);
route();
