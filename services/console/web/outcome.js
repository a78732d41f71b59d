import { tryAgain } from './api.js';
import { byId, element, moment, stateChip } from './dom.js';

/** What has become of a result, and what can be done about it. */
export function outcome(detail, isSuccessorListed) {
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
export const isFound = (result) => result.segments.some(({ pixels }) => pixels > 0);

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
