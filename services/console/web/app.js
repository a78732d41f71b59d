// The page: a live list on the left, the image with its masks in the middle, what is known of the result on the right.
// Everything from the server is put in as text, never as markup.
const byId = (id) => document.getElementById(id);
const results = new Map();
let current = null;
let waitingFor = null;

const STATES = {
  queued: 'waiting',
  running: 'at work',
  stored: 'stored',
  'needs-person': 'needs a person',
  failed: 'failed',
};

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function listen() {
  const source = new EventSource('/api/events');
  source.onopen = () => byId('live').replaceChildren('live');
  source.onerror = () => byId('live').replaceChildren('connection lost, trying again…');
  source.addEventListener('ready', () => {
    byId('live').replaceChildren('live');
    if (!current) openFirst();
    list();
  });
  source.onmessage = ({ data }) => {
    const result = JSON.parse(data);
    results.set(result.key, result);
    list();
    if (result.key === waitingFor && !['queued', 'running'].includes(result.state.kind)) {
      waitingFor = null;
      answer(result.state.kind === 'stored' ? '' : (result.state.result?.reason ?? result.state.reason ?? ''));
      open(result.key);
    } else if (result.key === current?.key && result.state.kind !== current.state.kind) open(result.key);
    else if (!current) openFirst();
  };
}

const newestFirst = () => [...results.values()].sort((a, b) => b.at.localeCompare(a.at));

function openFirst() {
  const first = newestFirst().find(({ state }) => state.kind === 'stored');
  if (first) open(first.key);
}

function list() {
  byId('none').hidden = results.size > 0;
  byId('count').replaceChildren(results.size > 0 ? `(${results.size})` : '');
  byId('lines').replaceChildren(...newestFirst().map(line));
}

function line(result) {
  const { key, title, words, state, at, study } = result;
  const time = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const button = element(
    'button',
    { type: 'button', title: `Study ${study}` },
    element('span', {}, title),
    ...(words ? [element('span', { className: 'words' }, `“${words}”`)] : []),
    element(
      'small',
      {},
      element('span', { className: `state ${state.kind}` }, STATES[state.kind]),
      element('span', {}, `…${study.slice(-6)} · ${time}`),
    ),
  );
  button.setAttribute('aria-current', String(key === current?.key));
  button.addEventListener('click', () => open(key));
  return element('li', {}, button);
}

async function open(key) {
  const response = await fetch(`/api/results/${key}`);
  const detail = await response.json();
  if (!response.ok) {
    const known = results.get(key);
    if (known) show({ ...known, frames: 0, segments: [], unreadable: detail.error });
    return;
  }
  show(detail);
}

function show(detail) {
  const sameSeries = current?.series === detail.series;
  const slice = sameSeries ? Number(byId('slice').value) : detail.fullestFrame;
  current = detail;
  byId('viewer').hidden = detail.frames === 0;
  byId('detail').hidden = false;
  byId('slices').hidden = detail.frames < 2;
  byId('slice').max = String(Math.max(0, detail.frames - 1));
  byId('slice').value = String(slice ?? 0);
  segments(detail);
  if (detail.frames > 0) draw();
  describe(detail);
  list();
}

function segments(detail) {
  byId('segments').replaceChildren(
    ...detail.segments.map(({ number, label, color, frames }) => {
      const box = element('input', { type: 'checkbox', checked: true, value: String(number) });
      box.addEventListener('change', draw);
      const swatch = element('span', { className: 'swatch' });
      swatch.style.background = `rgb(${color.join(' ')})`;
      return element('li', {}, element('label', {}, box, swatch, frames === 0 ? `${label} (not found)` : label));
    }),
  );
}

function draw() {
  const frame = byId('slice').value;
  const wanted = [...byId('segments').querySelectorAll('input:checked')].map(({ value }) => value);
  byId('sliceNumber').replaceChildren(`${Number(frame) + 1} / ${current.frames}`);
  byId('image').src = `/api/results/${current.key}/image/${frame}`;
  byId('image').alt = `${current.title}, slice ${Number(frame) + 1}`;
  if (current.segments.length > 0)
    byId('mask').src = `/api/results/${current.key}/mask/${frame}?segments=${wanted.join(',')}`;
  else byId('mask').removeAttribute('src');
}

function describe(detail) {
  const { state } = detail;
  const result = state.result;
  byId('title').replaceChildren(detail.title);
  const model = result?.model ? ` · ${result.model}` : '';
  byId('outcome').replaceChildren(element('span', { className: `state ${state.kind}` }, STATES[state.kind]), model);
  byId('reason').replaceChildren(
    detail.unreadable ?? result?.reason ?? [state.code, state.reason, detail.remedy].filter(Boolean).join('. '),
  );
  byId('prompts').replaceChildren(
    ...(result?.segments ?? []).map(({ prompt, promptType }) =>
      element(
        'li',
        {},
        `“${prompt}” `,
        element('span', { className: 'quiet' }, promptType === 'human' ? "a reader's words" : promptType),
      ),
    ),
  );
  facts('assessment', [
    [
      'Nearer to the training images',
      result?.assessment.percentile == null
        ? null
        : `than ${Math.round(100 - result.assessment.percentile)} % of those it was calibrated on`,
    ],
    ['Distance', result?.assessment.distance?.toFixed(1)],
    [
      'Metadata',
      result ? (result.assessment.gate.length === 0 ? 'as in training' : result.assessment.gate.join('; ')) : null,
    ],
  ]);
  byId('attributes').tBodies[0].replaceChildren(
    ...(result?.attributes ?? []).map(({ name, value, source, origin }) =>
      element(
        'tr',
        {},
        element('td', {}, name),
        element('td', {}, value),
        element('td', { className: 'quiet' }, `${source}: ${origin}`),
      ),
    ),
  );
  const warnings = result?.warnings ?? [];
  byId('warningsBox').hidden = warnings.length === 0;
  byId('warnings').replaceChildren(...warnings.map((warning) => element('li', {}, warning)));
  facts('study', [
    ['Modality', detail.modality],
    ['Body part', detail.bodyPart],
    ['Study date', detail.studyDate?.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')],
    ['Study', detail.study],
    ['Series', detail.series],
  ]);
}

function facts(id, rows) {
  const known = rows.filter(([, value]) => value != null && value !== '');
  byId(id).replaceChildren(...known.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

function answer(text) {
  byId('answer').replaceChildren(text);
  byId('reprompt').querySelector('button').disabled = waitingFor !== null;
}

byId('reprompt').addEventListener('submit', async (event) => {
  event.preventDefault();
  const response = await fetch(`/api/results/${current.key}/prompt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: byId('words').value }),
  });
  const body = await response.json();
  if (!response.ok) return answer(body.error);
  const known = results.get(body.key);
  if (known && !['queued', 'running'].includes(known.state.kind)) {
    answer('');
    return open(body.key);
  }
  waitingFor = body.key;
  answer('Segmenting…');
});
byId('slice').addEventListener('input', draw);
byId('opacity').addEventListener('input', ({ target }) => {
  byId('mask').style.opacity = String(Number(target.value) / 100);
});
byId('mask').style.opacity = '0.8';
byId('stage').addEventListener(
  'wheel',
  (event) => {
    if (!current || current.frames < 2) return;
    event.preventDefault();
    byId('slice').value = String(Number(byId('slice').value) + Math.sign(event.deltaY));
    draw();
  },
  { passive: false },
);
listen();
