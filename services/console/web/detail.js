import { byId, element, isoDate, shortUid, swatch } from './dom.js';
import { isFound, outcome } from './outcome.js';

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
