import { tryAgain } from './api.js';
import { byId, clock, element, isoDate, moment, shortUid, stateChip, swatch } from './dom.js';

/** Everything that is known about a result: outcome first, then why, then from what. */
export function showDetail(detail, facts) {
  byId('outcome').replaceChildren(...outcome(detail));
  byId('about').replaceChildren(
    ...[prompts(detail), trust(detail), attributes(detail), warnings(detail), study(detail, facts)].flat(),
  );
}

function outcome(detail) {
  const { state, result, failure, at } = detail;
  const heading = element('p', { class: 'bar' }, stateChip(detail), element('span', { class: 'quiet' }, clock(at)));
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
  const lead =
    state === 'stored'
      ? 'Segmentation stored beside the images.'
      : 'No mask was stored: a person should look at this image.';
  return [heading, element('p', { class: 'lead' }, lead)];
}

/** Whoever deletes a result mostly has a reason, so it stays away until someone asks for it by name. */
function deletion({ key, deleted, deletedAt }) {
  const lead =
    deleted === 'all'
      ? 'The segmentation was stored and has since been deleted in the PACS.'
      : 'The segmentation was stored, and a part of it has since been deleted in the PACS.';
  return [
    element('p', { class: 'lead' }, lead),
    element('p', {}, `Noticed ${moment(deletedAt)}. It stays deleted and is not made again by itself.`),
    element(
      'p',
      { class: 'remedy' },
      element('strong', {}, 'If it should come back: '),
      element('code', {}, `maskwright replay ${key.slice(0, 16)}`),
    ),
  ];
}

/** For when the cause is gone: the archive is mended, the model installed. */
function again(key) {
  const said = element('span', { class: 'quiet', role: 'status' });
  const onclick = async ({ currentTarget: button }) => {
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

function prompts({ result, prompt, task, state }) {
  if (!result) return prompt ? section('Prompt', quote(prompt, 'a reader’s words')) : [];
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
      element('span', { class: 'quiet' }, keptWords(state, pixels, measurements)),
    );
  });
  return section('Prompts', element('ul', { class: 'prompts' }, lines));
}

/** Where a person is needed masks were drawn and not kept, which is not the same as nothing found. */
function keptWords(state, pixels, measurements = []) {
  if (state !== 'stored') return 'mask not kept';
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

function warnings({ result }) {
  if (!result || result.warnings.length === 0) return [];
  return section(
    'Warnings',
    element(
      'ul',
      { class: 'warnings' },
      result.warnings.map((words) => element('li', {}, words)),
    ),
  );
}

function study({ study: uid, series, sopInstanceUIDs }, facts) {
  return section(
    'Study',
    table([
      ['Modality', facts?.modality],
      ['Body part', facts?.bodyPart],
      ['Study date', isoDate(facts?.studyDate)],
      ['Study UID', brief(uid)],
      ['Series UID', brief(series)],
      ['SEG UID', sopInstanceUIDs[0] && brief(sopInstanceUIDs[0])],
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
