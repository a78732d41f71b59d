import { tryAgain } from './api.js';
import { byId, element, isoDate, moment, shortUid, stateChip, swatch } from './dom.js';

/**
 * Everything that is known about a result: outcome first, then why, then from what.
 * @param isSuccessorListed whether the result that has taken its place is in the worklist
 */
export function showDetail(detail, facts, isSuccessorListed) {
  const isFocused = byId('outcome').contains(document.activeElement);
  byId('outcome').replaceChildren(...outcome(detail, isSuccessorListed));
  // What had the focus is gone.
  if (isFocused) byId('outcome').focus({ preventScroll: true });
  byId('about').replaceChildren(...[prompts(detail), trust(detail), attributes(detail), study(detail, facts)].flat());
}

/** Nothing is said of one result under the title of another. */
export function forgetDetail() {
  if (byId('outcome').contains(document.activeElement)) byId('outcome').focus({ preventScroll: true });
  for (const id of ['outcome', 'about']) byId(id).replaceChildren();
}

function outcome(detail, isSuccessorListed) {
  const { state, result, failure, at } = detail;
  const heading = element(
    'p',
    { class: 'bar' },
    stateChip(detail),
    element('time', { class: 'quiet', datetime: at }, moment(at)),
  );
  if (state === 'superseded') return [heading, ...succession(detail, isSuccessorListed)];
  if (failure) {
    return [
      heading,
      element('p', { class: 'lead' }, failure.meaning ?? failure.code),
      element('p', {}, failure.reason),
      failure.remedy && element('p', { class: 'remedy' }, element('strong', {}, 'What to do: '), failure.remedy),
      element('p', { class: 'quiet' }, element('code', {}, failure.code)),
      again(detail.key),
    ].filter(Boolean);
  }
  if (!result) {
    const words = state === 'queued' ? 'It waits for the segmenter.' : 'The segmenter is at work on it.';
    return [heading, element('p', {}, words)];
  }
  if (state === 'stored' && detail.deleted) return [heading, ...deletion(detail)];
  return [heading, element('p', { class: 'lead' }, ending(detail))];
}

function ending({ state, result, prompt, sopInstanceUIDs, isSourceGone }) {
  if (state !== 'stored')
    return prompt
      ? 'No mask of these words was kept; the reason is below.'
      : 'No mask was stored: a person should look at this image.';
  if (isSourceGone && sopInstanceUIDs.length > 0) return 'It was stored, and the PACS no longer has the images.';
  if (isFound(result)) return 'Segmentation stored beside the images.';
  return sopInstanceUIDs.length > 0
    ? 'Nothing was found; that is stored beside the images.'
    : 'Nothing was found, and nothing was stored.';
}
const isFound = (result) => result.segments.some(({ pixels }) => pixels > 0);

/** A result of other images, models or of a changed task has come; what this one left in the PACS stays there. */
function succession({ supersededBy, sopInstanceUIDs, deleted }, isSuccessorListed) {
  const own =
    deleted === 'all'
      ? 'Its own masks were deleted in the PACS.'
      : sopInstanceUIDs.length > 0
        ? 'What it stored stays in the PACS as an earlier version; its masks are shown here unless they have been deleted since.'
        : 'No masks of this one are known.';
  return [
    element(
      'p',
      { class: 'lead' },
      'The images, the task or the models have changed since: ',
      isSuccessorListed
        ? element('a', { href: `#/${supersededBy}` }, 'another result has taken its place')
        : 'another result takes its place',
      '.',
    ),
    element('p', {}, own),
  ];
}

/**
 * Whoever deletes a result mostly has a reason, so it stays away until someone asks for it by name. One that no sweep has noted
 * yet has no `deletedAt`.
 */
function deletion({ key, deleted, deletedAt, prompt }) {
  const lead = !deletedAt
    ? 'The segmentation was stored, and the PACS no longer has it.'
    : deleted === 'all'
      ? 'The segmentation was stored and has since been deleted in the PACS.'
      : 'The segmentation was stored, and a part of it has since been deleted in the PACS.';
  const noted = deletedAt
    ? `Noticed ${moment(deletedAt)}. It stays deleted and is not made again by itself.`
    : 'Seen just now; the next sweep that looks at the study notes it.';
  return [
    element('p', { class: 'lead' }, lead),
    element('p', {}, noted),
    element(
      'p',
      { class: 'remedy' },
      element('strong', {}, 'If it should come back: '),
      element('code', {}, `maskwright replay ${key.slice(0, 16)}`),
      prompt && deletedAt && ', or send the same words again',
    ),
  ];
}

/** For when the cause is gone: the archive is mended, the model installed. */
function again(key) {
  const said = element('span', { class: 'quiet', role: 'status' });
  const onclick = async ({ currentTarget: button }) => {
    // A button that is off cannot keep the focus.
    byId('outcome').focus({ preventScroll: true });
    button.disabled = true;
    try {
      await tryAgain(key);
      said.textContent = ' It waits for the segmenter.';
    } catch (error) {
      said.textContent = ` ${error.message}`;
      button.disabled = false;
    }
  };
  return element('p', {}, element('button', { type: 'button', onclick }, 'Try again'), said);
}

function prompts({ result, prompt, task, deleted }) {
  if (!result) return prompt ? section('Prompt', quote(prompt, 'a reader’s words')) : [];
  // Where no model is fit masks were drawn and not kept, which is not the same as nothing found and nothing stored.
  const lost = deleted === 'all' ? 'mask deleted' : result.model === null && 'mask not kept';
  const lines = result.segments.map(({ target, prompt: words, promptType, pixels, measurements }) => {
    const aim = task.targets.find(({ name }) => name === target);
    return element(
      'li',
      {},
      element(
        'span',
        { class: 'bar' },
        element('span', { class: 'target' }, aim && swatch(aim.color), aim?.label ?? target),
        element(
          'span',
          { class: 'type', title: promptType === 'human' ? 'Words of a person' : `Prompt type ${promptType}` },
          promptType === 'human' ? 'reader' : promptType,
        ),
      ),
      element('q', {}, words),
      element('span', { class: 'quiet' }, lost || foundWords(pixels, measurements)),
    );
  });
  return section('Prompts', element('ul', { class: 'prompts' }, lines));
}

function foundWords(pixels, measurements = []) {
  if (pixels === 0) return 'nothing found';
  const told = measurements.filter(({ name }) => name !== 'area').map(measureWords);
  return [`${pixels.toLocaleString('en')} pixels`, ...told].join(', ');
}

function measureWords({ name, value, unit }) {
  const rounded = value.toLocaleString('en', { maximumSignificantDigits: 3 });
  return `${name} ${rounded} ${unit.replace(/[{}]/g, '')}`;
}

function quote(words, type) {
  return element('p', {}, element('q', {}, words), ' ', element('span', { class: 'type' }, type));
}

function trust({ result }) {
  if (!result) return [];
  const { assessment, model, reason } = result;
  const { percentile, distance, gate, family, retouch } = assessment;
  return section(
    'Model and assessment',
    element('p', {}, reason),
    percentile !== null && scale(percentile),
    table([
      ['Model', model ?? 'none was chosen'],
      ['Family', family],
      ['Distance', distance === null ? null : distance.toFixed(1)],
      ['Image', retouch ? `${retouch} before the models saw it` : 'as it is'],
      ['Metadata', gate.length === 0 ? 'as in training' : gate.join('; ')],
    ]),
  );
}

/** Where the image lies among those that the model was calibrated on. */
function scale(percentile) {
  const meter = element('meter', {
    min: 0,
    max: 100,
    low: 90,
    high: 99,
    optimum: 0,
    value: percentile,
    'aria-label': 'Distance from the training images, percentile',
  });
  return element(
    'div',
    { class: 'scale' },
    meter,
    element(
      'span',
      { class: 'bar quiet' },
      element('span', {}, 'like the training images'),
      element('span', {}, 'unlike'),
    ),
  );
}

function attributes({ result }) {
  if (!result || result.attributes.length === 0) return [];
  const rows = result.attributes.map(({ name, value, source, origin }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      element(
        'td',
        {},
        value,
        element('span', { class: 'quiet' }, origin === source ? source : `${source}: ${origin}`),
      ),
    ),
  );
  const head = element(
    'thead',
    { class: 'unseen' },
    element(
      'tr',
      {},
      ['Attribute', 'Value and where it came from'].map((name) => element('th', { scope: 'col' }, name)),
    ),
  );
  return section('Attributes and where they came from', element('table', {}, head, element('tbody', {}, rows)));
}

function study({ study: uid, series, result, sopInstanceUIDs, deleted }, facts) {
  return section(
    'Study',
    table([
      ['Modality', facts?.modality],
      ['Body part', facts?.bodyPart],
      ['Study date', isoDate(facts?.studyDate)],
      ['Study UID', brief(uid)],
      ['Series UID', brief(series)],
      [
        result && isFound(result) && deleted !== 'all' ? 'SEG UID' : 'Result UID',
        sopInstanceUIDs[0] && brief(sopInstanceUIDs[0]),
      ],
    ]),
  );
}

function brief(uid) {
  return element('code', { title: uid }, shortUid(uid));
}

function section(title, ...children) {
  return [element('section', {}, element('h3', {}, title), ...children)];
}

function table(rows) {
  const known = rows.filter(([, value]) => value != null && value !== '');
  return element(
    'dl',
    {},
    known.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}
