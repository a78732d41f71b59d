/** @throws Error with the words and the code that the server gives */
export async function getJson(path, options) {
  const response = await fetch(path, options).catch(() => {
    throw new Error('Maskwright cannot be reached.');
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok)
    throw Object.assign(new Error(body.error ?? `The server answered ${response.status}.`), { code: body.code });
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

/** The server says something every 15 s. */
const SILENT_MS = 40_000;
const AGAIN_MS = 3000;

/**
 * Each connection starts with the whole worklist, so that nothing is missed after a break. One that has fallen silent is
 * lost though no end of it was told. Nobody looks at a hidden page: it lets go of its connection, of which a browser has six
 * for all pages of a server.
 */
export function follow({ onSnapshot, onResult, onState }) {
  let source = null;
  let timer = 0;
  function open() {
    close();
    if (document.hidden) return;
    source = new EventSource('/api/events');
    const take = (name, use) =>
      source.addEventListener(name, ({ data }) => {
        wait(SILENT_MS);
        use(JSON.parse(data));
      });
    source.onopen = () => onState('live');
    source.onerror = lose;
    take('snapshot', onSnapshot);
    take('result', onResult);
    take('beat', () => undefined);
    wait(SILENT_MS);
  }
  function close() {
    clearTimeout(timer);
    source?.close();
  }
  /** A refusal (503, a proxy's page) would end the stream for good, and a silent one never. */
  function lose() {
    onState('lost');
    close();
    timer = setTimeout(open, AGAIN_MS);
  }
  function wait(ms) {
    clearTimeout(timer);
    timer = setTimeout(lose, ms);
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) onState('waiting');
    open();
  });
  open();
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
