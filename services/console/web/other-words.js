// Other words, another mask: the form, and its answer when the result is there.
import { askAgain } from './api.js';
import { byId, isOpen } from './dom.js';
import { groupOf } from './worklist.js';

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
    awaited = null;
    const current = shown();
    if (!current || groupOf(current) !== groupOf(result)) return;
    if (current.key !== from) return answer(`${nameOf(result)} has ended: choose it above the image.`);
    const [said, kind] = {
      stored: ['Done: shown beside the first result.', 'good'],
      'needs-person': ['No mask was kept; see the reason below.', 'bad'],
      superseded: ['The images of this series have changed meanwhile. Send the words once more.', 'bad'],
    }[result.state] ?? ['It failed; see the reason above.', 'bad'];
    answer(said, kind);
    go(result.key, result.key === from ? null : from);
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
