/** @throws Error with the words that the server gives */
export async function getJson(path, options) {
  const response = await fetch(path, options).catch(() => {
    throw new Error('Maskwright cannot be reached.');
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `The server answered ${response.status}.`);
  return body;
}

export function askAgain(key, text) {
  return getJson(`/api/results/${key}/prompt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
}

/** A job that was set aside is put back into its lane. */
export function tryAgain(key) {
  return getJson(`/api/results/${key}/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
}

/** Each connection starts with the whole worklist, so that nothing is missed after a break. */
export function follow({ onSnapshot, onResult, onState }) {
  const source = new EventSource('/api/events');
  source.onopen = () => onState('live');
  source.onerror = () => {
    onState('lost');
    // A refusal (503, a proxy's page) ends the stream for good; a broken connection is taken up again by the browser.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow({ onSnapshot, onResult, onState }), 3000);
  };
  source.addEventListener('snapshot', ({ data }) => onSnapshot(JSON.parse(data)));
  source.addEventListener('result', ({ data }) => onResult(JSON.parse(data)));
}

const known = new Map();
/** What the archive says of a series; asked once. */
export function factsOf({ key, series }) {
  if (!known.has(series)) {
    const facts = getJson(`/api/results/${key}/facts`);
    facts.catch(() => known.delete(series));
    known.set(series, facts);
  }
  return known.get(series);
}
