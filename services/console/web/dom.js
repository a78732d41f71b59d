/** Elements are made from values; text from the server goes in as text, never as markup. */
export const byId = (id) => document.getElementById(id);

/** `element('p', { class: 'quiet', onclick }, 'text', child)`; children that are null or false are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

/** A colour swatch; the style goes through the object model, which the content security policy allows. */
export function swatch([red, green, blue]) {
  const made = element('span', { class: 'swatch', 'aria-hidden': 'true' });
  made.style.backgroundColor = `rgb(${red} ${green} ${blue})`;
  return made;
}

/**
 * Puts other children into an element. Those that stay are not touched, so that no click on them is lost; the focus stays on
 * the one that has the same `data-of`.
 */
export function redraw(parent, children) {
  const before = parent.contains(document.activeElement) ? document.activeElement : null;
  const stay = new Set(children);
  for (const child of [...parent.children]) if (!stay.has(child)) child.remove();
  for (const [at, child] of children.entries()) {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  }
  if (!before?.dataset.of || document.activeElement === before) return;
  const again = [...parent.querySelectorAll('[data-of]')].find(({ dataset }) => dataset.of === before.dataset.of);
  again?.focus({ preventScroll: true });
}

/** For what could not be shown; the focus does not go with the button. */
export function againButton(again) {
  const onclick = () => {
    byId('viewer').focus({ preventScroll: true });
    again();
  };
  return element('button', { type: 'button', onclick }, 'Try again');
}

/** What has become of a result; one that was stored may have been deleted in the PACS since. */
export const shownState = ({ state, deleted }) => (state === 'stored' && deleted ? `deleted-${deleted}` : state);

export function stateChip(result) {
  const { state } = result;
  const shown = shownState(result);
  return element('span', { class: 'state', 'data-state': shown }, STATES[shown] ?? state);
}

const STATES = {
  queued: 'Queued',
  running: 'Running',
  stored: 'Stored',
  'needs-person': 'Needs a person',
  failed: 'Failed',
  superseded: 'Superseded',
  'deleted-all': 'Deleted in the PACS',
  'deleted-part': 'Stored, partly deleted',
};

/** 20260131 → 2026-01-31 */
export const isoDate = (date) => date?.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3') ?? null;
/** The end of a UID tells it apart; the whole one is in the title. */
export const shortUid = (uid) => `…${uid.slice(-6)}`;
export const isOpen = ({ state }) => state === 'queued' || state === 'running';
/** Where list and result take turns; as in the style sheets. */
export const isNarrow = () => matchMedia('(max-width: 60rem)').matches;
/** Day and time, in the reader's own time zone. */
export const moment = (at) =>
  new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
/** The time of today, with its day of any other, and with the year where it is another. */
export function clock(at) {
  const [then, now] = [new Date(at), new Date()];
  const isToday = then.toDateString() === now.toDateString();
  const day = {
    day: 'numeric',
    month: 'short',
    ...(then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  };
  return then.toLocaleString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(isToday ? {} : day) });
}
