// Slice, fill, outline and their keys: the same for each pane.
import { byId, isNarrow } from './dom.js';

/**
 * @param shown gives the result that is looked at
 * @param panes gives those that show it, and another beside it
 */
export function controls({ shown, panes }) {
  /** The slices of the result that is shown, and of each series the one that was looked at last. */
  let order = [];
  const last = new Map();
  let masks = true;

  function look() {
    const index = Number(byId('slice').value);
    const slice = order[index] ?? null;
    const opacity = Number(byId('opacity').value);
    const result = shown();
    if (result && slice !== null) last.set(result.series, slice);
    byId('slice-number').textContent = `${index + 1} / ${Number(byId('slice').max) + 1}`;
    byId('slice').setAttribute('aria-valuetext', `${index + 1} of ${Number(byId('slice').max) + 1}`);
    byId('opacity-number').textContent = `${opacity} %`;
    byId('opacity').setAttribute('aria-valuetext', `${opacity} %`);
    for (const pane of panes()) pane.look({ slice, opacity: opacity / 100, outline: byId('outline').checked, masks });
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
      masks = !masks;
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
    if (target.closest('select, #opacity, #lines, #detail, .warnings')) return;
    // Letters and digits alone may be spoken to the computer: they can be switched off.
    if (key.length === 1 && !byId('single-keys').checked) return;
    const digit = /^[1-9]$/.test(key) && Number(key);
    if (digit) for (const pane of panes()) pane.toggle(digit);
    else if (KEYS[key.length === 1 ? key.toLowerCase() : key]?.()) event.preventDefault();
  });
  byId('panes').addEventListener(
    'wheel',
    (event) => !event.ctrlKey && turn(Math.sign(event.deltaY)) && event.preventDefault(),
    { passive: false },
  );
  for (const id of ['slice', 'opacity', 'outline']) byId(id).addEventListener('input', look);
  rememberOff(byId('single-keys'));

  return {
    look,
    /**
     * Sets them for a result: at the slice that was looked at last of its series, or else at its fullest.
     * @param slices in their order, of this result or, where it has none, of the one beside it
     */
    set({ series }, { frames = 0, fullestFrame = 0 }, slices) {
      order = slices;
      const before = order.indexOf(last.get(series));
      hide(frames === 0);
      byId('slices').hidden = frames < 2;
      byId('slice-keys').hidden = frames < 2;
      byId('slice').max = String(Math.max(0, frames - 1));
      byId('slice').value = String(before < 0 ? fullestFrame : before);
    },
    hide,
  };
}

function rememberOff(box) {
  try {
    box.checked = localStorage.getItem(box.id) !== 'off';
    box.addEventListener('input', () => localStorage.setItem(box.id, box.checked ? 'on' : 'off'));
  } catch {
    // A browser that keeps nothing for us.
  }
}

function hide(hidden = true) {
  byId('controls').hidden = hidden;
  byId('keys').hidden = hidden;
}
