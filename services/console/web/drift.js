// How far the images that arrive lie from those that the models know: one line for each model, device and site.
import { getJson } from './api.js';
import { byId, element } from './dom.js';

const EVERY_MS = 30_000;
/** Usual limits of a population stability index. */
const SHIFTED = 0.1;
const FAR = 0.25;

async function show() {
  try {
    const { groups, window, least } = await getJson('/api/drift');
    byId('drift').tBodies[0].replaceChildren(...groups.map((group) => line(group, least)));
    byId('drift').hidden = groups.length === 0;
    byId('legend').hidden = groups.length === 0;
    byId('legend').textContent =
      `Of the newest ${window} results of each line, a person's own words left out. Index: below ${SHIFTED} as before, from ${FAR} on another kind of images; fewer than ${least} results say nothing.`;
    byId('said').hidden = groups.length > 0;
    byId('said').textContent = 'No result has been compared yet.';
  } catch (error) {
    byId('said').hidden = false;
    byId('said').textContent = error.message;
  }
}

function line({ labels, results, shares, index, needsPerson, predictedDice }, least) {
  const { family, modality, device, site, bundle, version } = labels;
  const number = (words) => element('td', { class: 'number' }, words);
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, family, element('span', { class: 'quiet' }, ` ${modality}`)),
    element('td', {}, device),
    element('td', {}, site),
    element('td', {}, bundle, element('span', { class: 'quiet' }, ` ${version}`)),
    number(String(results)),
    element('td', {}, bars(shares)),
    element('td', {}, verdict(index, least - results)),
    number(`${Math.round(100 * needsPerson)} %`),
    number(predictedDice === null ? '–' : predictedDice.toFixed(2)),
  );
}

function verdict(index, missing) {
  if (index === null) return element('span', { class: 'quiet' }, `after ${missing} more`);
  const [state, words] =
    index < SHIFTED ? ['stored', 'as before'] : index < FAR ? ['needs-person', 'shifted'] : ['failed', 'far off'];
  return element('span', { class: 'state', 'data-state': state }, `${index.toFixed(2)} ${words}`);
}

const HEIGHT = 28;
const STEP = 9;
/** A bar for each tenth; the line is where all of them would end without a shift. */
function bars(shares) {
  const most = Math.max(0.3, ...shares);
  const y = (share) => HEIGHT * (1 - share / most);
  const said = shares.map((share) => `${Math.round(100 * share)} %`).join(', ');
  return svg(
    'svg',
    { width: STEP * shares.length, height: HEIGHT, role: 'img', 'aria-label': `Shares of the tenths: ${said}` },
    ...shares.map((share, bin) =>
      svg('rect', { x: bin * STEP + 1, y: y(share), width: STEP - 2, height: HEIGHT - y(share), class: 'share' }),
    ),
    svg('line', { x1: 0, x2: STEP * shares.length, y1: y(0.1), y2: y(0.1), class: 'expected' }),
  );
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// Not every browser lets the keys scroll what has no tab stop.
byId('scroll').tabIndex = 0;
setInterval(show, EVERY_MS);
show();
