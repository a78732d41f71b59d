// One result, or two beside each other: the images with their masks, and what is known of the one that was chosen.
import { getJson } from './api.js';
import { controls } from './controls.js';
import { forgetDetail, showDetail } from './detail.js';
import { againButton, byId, element, isOpen, isoDate, shortUid } from './dom.js';
import { Pane } from './pane.js';
import { nameOf, showChosen, showVariants, variantsOf } from './variants.js';

const SLOW_MS = 300;
const idOf = ({ key, at }) => `${key} ${at}`;

/** @param state of the page: the worklist, and the keys of the results that are looked at */
export function viewer(state) {
  let opening = 0;
  let failed = false;
  let described = null;
  let panes = [];
  const pictures = new Map();
  const chosen = () => state.results.get(state.current);
  const { look, set, hide } = controls({ shown: chosen, panes: () => panes });

  async function open() {
    const turn = ++opening;
    failed = false;
    const result = chosen();
    byId('detail').hidden = !result;
    byId('viewer-bar').hidden = !result;
    if (!result)
      return clear(
        state.current && state.loaded
          ? 'This result is no longer in the worklist.'
          : 'Choose a result in the worklist.',
      );
    byId('title').textContent = result.task.title;
    byId('facts').textContent = shortUid(result.study);
    const variants = variantsOf(result, state.results);
    showVariants(result, variants, state.beside);
    showChosen();
    const shown = variants.filter(({ key }) => key === state.current || key === state.beside);
    renew(shown, variants);
    const slow = setTimeout(() => turn === opening && wait(result.key), SLOW_MS);
    const told = ({ message, code }) => ({ error: message, code });
    const [details, descriptions] = await Promise.all([
      Promise.all(shown.map(({ key }) => getJson(`/api/results/${key}`).catch(told))),
      Promise.all(shown.map((one) => pictureOf(one).catch(told))),
    ]);
    clearTimeout(slow);
    if (turn !== opening) return;
    const detail = details[shown.indexOf(result)];
    failed = [...details, ...descriptions].some(({ error }) => error);
    if (detail.error) return clear(detail.error, open);
    const first = descriptions[shown.indexOf(result)];
    const seen = { isSourceGone: first.code === 'SOURCE_GONE', ...(first.isGone ? { deleted: 'all' } : {}) };
    showDetail({ ...detail, ...seen }, first, state.results.has(detail.supersededBy));
    described = result.key;
    document.title = `${result.task.title} – Maskwright`;
    byId('facts').textContent = [first.modality, first.bodyPart, isoDate(first.studyDate), shortUid(result.study)]
      .filter(Boolean)
      .join(' · ');
    set(result, first, first.slices ?? descriptions.find(({ slices }) => slices)?.slices ?? []);
    for (const [index, pane] of panes.entries()) {
      const description = descriptions[index];
      const gone = description.isGone ? ['The PACS no longer has the masks of this result.'] : [];
      pane.warn([...gone, ...(details[index].result?.warnings ?? [])]);
      pane.say(description.error, description.error && open);
      if (!description.error) pane.show(shown[index], description);
    }
    look();
  }

  function wait(key) {
    if (described !== key) forgetDetail();
    for (const pane of panes) pane.say('Loading…');
  }

  function clear(words, again) {
    close();
    byId('detail').hidden = true;
    byId('variants').hidden = true;
    byId('together').hidden = true;
    hide();
    byId('panes').replaceChildren(element('p', { class: 'empty', role: 'status' }, words, again && againButton(again)));
    document.title = 'Maskwright';
  }

  function renew(shown, variants) {
    close();
    panes = shown.map((one) => new Pane(nameOf(one, variants), aboutOf(one, shown), () => again(one)));
    byId('panes').replaceChildren(...panes.map(({ root }) => root));
    byId('panes').dataset.count = String(shown.length);
  }
  function close() {
    for (const pane of panes) pane.close();
    panes = [];
  }
  function aboutOf(result, shown) {
    if (isOpen(result)) return 'at work…';
    const isDescribed = shown.length > 1 && result.key === state.current;
    return [result.state === 'superseded' && 'superseded', isDescribed && 'described at the side']
      .filter(Boolean)
      .join(', ');
  }

  function again(result) {
    pictures.delete(idOf(result));
    open();
  }

  /** A result of which there is no news looks as it did; what is gone may come back without any. */
  function pictureOf(result) {
    const id = idOf(result);
    if (!pictures.has(id)) {
      const loading = getJson(`/api/results/${result.key}/picture`);
      const forget = () => pictures.delete(id);
      loading.then(({ isGone }) => isGone && forget(), forget);
      pictures.set(id, loading);
    }
    return pictures.get(id);
  }

  return { open, hasFailed: () => failed };
}
