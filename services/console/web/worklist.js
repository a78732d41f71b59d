import { factsOf } from './api.js';
import { byId, clock, element, isOpen, isoDate, redraw, shortUid, shownState, stateChip } from './dom.js';

/** One line for each series and task (and size, where a series has several); a person's other words are variants of it. */
export function groupsOf(results) {
  const groups = new Map();
  for (const result of results) {
    const id = groupOf(result);
    groups.set(id, [...(groups.get(id) ?? []), result]);
  }
  return [...groups.values()]
    .map((variants) => variants.sort(catalogueFirst))
    .sort((a, b) => latest(b).localeCompare(latest(a)));
}
export const groupOf = ({ series, task, matrix = '' }) => `${series} ${task.id} ${matrix}`;
const latest = (variants) =>
  variants
    .map(({ at }) => at)
    .sort()
    .at(-1) ?? '';
/**
 * The catalogue's own results first: of them the one that counts before those that it has superseded, and the newest before
 * the others; then the words in their order.
 */
const catalogueFirst = (a, b) =>
  Number(Boolean(a.prompt)) - Number(Boolean(b.prompt)) ||
  (a.prompt ? a.at.localeCompare(b.at) : isSuperseded(a) - isSuperseded(b) || b.at.localeCompare(a.at));
const isSuperseded = ({ state }) => Number(state === 'superseded');

const inView = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    inView.unobserve(target);
    target.dispatchEvent(new Event('seen'));
  }
});

/** The lines that are shown, by what they tell. */
let lines = new Map();

/** Draws what has changed in the list and keeps the focus where it was. One line is a stop of the tab key: arrows lead on. */
export function showWorklist({ groups, current, filter, truncated, loaded }) {
  const shown = groups.filter((variants) => passes(variants, filter));
  const isCurrent = ({ key }) => key === current;
  const stop = shown.find((variants) => variants.some(isCurrent)) ?? shown[0];
  const drawn = new Map();
  // What was of today is of yesterday after midnight.
  const today = new Date().toDateString();
  for (const variants of shown) {
    const selected = variants.find(isCurrent)?.key ?? null;
    const isStop = variants === stop;
    const told = JSON.stringify([variants, selected, isStop, today]);
    drawn.set(told, lines.get(told) ?? line(variants, selected, isStop));
  }
  lines = drawn;
  redraw(byId('lines'), [...lines.values()]);
  byId('none').hidden = shown.length > 0;
  byId('none').textContent = !loaded
    ? 'Loading…'
    : groups.length === 0
      ? 'No results yet. They appear here as studies arrive.'
      : 'No result is in this state.';
  byId('more').hidden = !truncated;
}

/** As the marks of the line say it. */
function passes(variants, filter) {
  if (filter === 'all') return true;
  if (filter === 'open') return variants.some(isOpen);
  const shown = shownState(variants[0]);
  return filter === (shown === 'deleted-part' ? 'stored' : shown);
}

/** The state is that of the catalogue's own result; of a person's words a line says only that they are at work. */
function line(variants, selected, isStop) {
  const [first, ...others] = variants;
  const open = others.filter(isOpen).length;
  const about = element('span', { class: 'quiet about' }, ' ');
  const link = element(
    'a',
    {
      href: `#/${selected ?? first.key}`,
      tabindex: isStop ? null : -1,
      'data-of': groupOf(first),
      'aria-current': selected ? 'true' : null,
      title: `Study ${first.study}`,
      onseen: ({ currentTarget }) => tellFacts(first, about, currentTarget),
    },
    element('span', { class: 'name' }, first.task.title),
    about,
    element(
      'span',
      { class: 'foot' },
      stateChip(first),
      open > 0 && element('span', { class: 'state', 'data-state': 'running' }, `${open} in progress`),
      variants.length > 1 && element('span', { class: 'count' }, `${variants.length} results`),
      element('span', { class: 'quiet' }, clock(latest(variants))),
    ),
  );
  inView.observe(link);
  return element('li', {}, link);
}

const ASK_AGAIN_MS = 30_000;
async function tellFacts(result, about, link) {
  const facts = await factsOf(result).catch(() => null);
  if (!facts) setTimeout(() => link.isConnected && inView.observe(link), ASK_AGAIN_MS);
  const known = [facts?.modality, facts?.bodyPart, isoDate(facts?.studyDate), shortUid(result.study)];
  about.replaceChildren(...known.filter(Boolean).map((fact) => element('span', {}, fact)));
}

/** Where it is listed; null where the filter leaves it out. */
export const lineOf = (result) => byId('lines').querySelector(`a[data-of="${groupOf(result)}"]`);

/** Arrow keys walk through the list. */
export function walk(event) {
  const links = [...byId('lines').querySelectorAll('a')];
  const now = links.indexOf(document.activeElement);
  const next = links[{ ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: links.length - 1 }[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
