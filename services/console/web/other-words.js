// Other words, another mask: the form, and its answer when the result is there.
import { askAgain } from './api.js';
import { byId, isOpen } from './dom.js';
import { groupOf } from './worklist.js';

const SIZES = 'Done. The series has images of several sizes now: each has its own result in the worklist.';

/**
 * @param shown gives the result that is looked at
 * @param results gives those of the worklist, by key
 * @param go leads to a result and one beside it, by their keys
 */
export function otherWords({ shown, results, nameOf, go }) {
  let awaited = null;
  let series = null;

  byId('reprompt').addEventListener('submit', async (event) => {
    event.preventDefault();
    const from = shown();
    const text = byId('words').value.trim();
    if (!from || !text) return;
    series = from.series;
    answer('Sending…');
    const before = new Map(results());
    try {
      const asked = await askAgain(from.key, text);
      awaited = { key: asked.key, from: from.key };
      answer('Segmenting…');
      // It may have come before this answer; what was known before is not it, but where the answer says so.
      const there = results().get(asked.key);
      if (asked.known || there?.at !== before.get(asked.key)?.at) arrived(there);
    } catch (error) {
      answer(error.message, 'bad');
    }
  });

  /** Shows the new result beside the one that was asked from, when it is there and that is still looked at. */
  function arrived(result) {
    if (!result || result.key !== awaited?.key || isOpen(result)) return;
    const { from } = awaited;
    const key = lastOf(result.key);
    const end = results().get(key);
    if (!end || isOpen(end) || end.state === 'superseded') {
      awaited = { key, from };
      return answer('The images have changed meanwhile: the words go to them as they are now…');
    }
    awaited = null;
    const current = shown();
    if (current?.series !== end.series) return;
    const isTogether = groupOf(current) === groupOf(end);
    if (current.key !== from)
      return answer(`${nameOf(end)} has ended: choose it ${isTogether ? 'above the image' : 'in the worklist'}.`);
    const isSame = end.key === from;
    const done = isSame ? 'Done: shown here.' : isTogether ? 'Done: shown beside the first result.' : SIZES;
    const [said, kind] = {
      stored: [done, 'good'],
      'needs-person': ['No mask was kept; see the reason below.', 'bad'],
    }[end.state] ?? ['It failed; see the reason above.', 'bad'];
    answer(said, kind);
    if (!isSame) go(end.key, isTogether ? from : null);
  }

  /** Words go along to the images as they are by now; where these are of several sizes, to each, of which this is the first. */
  function lastOf(key, passed = []) {
    const { state, supersededBy } = results().get(key) ?? {};
    return state === 'superseded' && !passed.includes(key) ? lastOf(supersededBy, [...passed, key]) : key;
  }

  return {
    arrived,
    /** Words and answers belong to one series. */
    forget() {
      const now = shown()?.series ?? null;
      if (now === series) return;
      series = now;
      byId('words').value = '';
      answer('');
    },
  };
}

function answer(words, kind = '') {
  byId('answer').textContent = words;
  byId('answer').dataset.kind = kind;
}
