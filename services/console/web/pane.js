import { againButton, element, swatch } from './dom.js';

const KEPT_PICTURES = 120;
const pictures = new Map();

/** Kept here and by the browser: an address has to say all that decides what is seen. */
function picture(url) {
  const before = pictures.get(url);
  if (before) {
    pictures.delete(url);
    pictures.set(url, before);
    return before;
  }
  const loading = new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('The picture cannot be loaded.'));
    image.src = url;
  });
  loading.catch(() => pictures.delete(url));
  pictures.set(url, loading);
  if (pictures.size > KEPT_PICTURES) pictures.delete(pictures.keys().next().value);
  return loading;
}

/**
 * One image with its masks on a canvas. Slice, fill and outline come from outside, so that two panes go together: a slice is
 * named by its image, for two results of a series need not have the same ones.
 */
export class Pane {
  #canvas = element('canvas', { role: 'img', 'aria-label': 'no image yet' });
  #note = element('p', { class: 'note', role: 'status' });
  #masksOff = element('p', { class: 'masks-off', hidden: true }, 'Masks are off (M)');
  #chips = element('ul', { class: 'segments', 'aria-label': 'Segments' });
  #warnings = element('ul', { class: 'warnings', 'aria-label': 'Warnings', hidden: true });
  #off = new Set();
  #result = null;
  #description = null;
  #look = { slice: null, opacity: 0.3, outline: true, masks: true };
  #turn = 0;
  #again;
  /**
   * @param caption what is shown, and what is to be known about it, as text
   * @param again opens it anew: what cannot be loaded may have gone since it was described
   */
  constructor(caption, about, again) {
    this.#again = again;
    this.caption = element('figcaption', {}, caption, about && element('span', { class: 'quiet' }, ` – ${about}`));
    this.stage = element('div', { class: 'stage' }, this.#canvas, this.#masksOff, this.#note);
    this.root = element('figure', { class: 'pane' }, this.caption, this.stage, this.#chips, this.#warnings);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.stage);
  }

  /** What is to be known of the masks before they are believed. */
  warn(warnings) {
    this.#warnings.replaceChildren(...warnings.map((words) => element('li', {}, words)));
    this.#warnings.hidden = warnings.length === 0;
  }

  show(result, description) {
    this.#result = result;
    this.#description = description;
    this.#showChips(-1);
  }

  look(look) {
    this.#look = { ...this.#look, ...look };
    this.#masksOff.hidden = this.#look.masks;
    return this.draw();
  }

  /** @param again what a button beside the words does */
  say(words, again) {
    this.#note.replaceChildren(...[words, again && againButton(again)].filter(Boolean));
  }

  toggle(number) {
    if (!this.#off.delete(number)) this.#off.add(number);
    this.draw();
  }

  close() {
    this.resized.disconnect();
    this.root.remove();
  }

  /** Which way the patient lies: R is the patient's right. */
  #showEdges(edges) {
    for (const before of this.stage.querySelectorAll('.edge')) before.remove();
    for (const [side, letter] of Object.entries(edges ?? {}))
      this.stage.append(element('span', { class: 'edge', 'data-side': side }, letter));
  }

  /** @param index of the slice among those of this result; -1: it has no such slice */
  #showChips(index) {
    const chips = this.#description.segments.map(({ number, label, color, frames }) => {
      const box = element('input', {
        type: 'checkbox',
        checked: !this.#off.has(number),
        disabled: frames.length === 0,
        onchange: () => this.toggle(number),
      });
      const where = frames.length === 0 ? 'not found' : frames.includes(index) ? null : 'not in this slice';
      return element(
        'li',
        { class: where && 'faint', title: where },
        element(
          'label',
          {},
          box,
          swatch(color),
          label,
          where && element('span', { class: frames.length === 0 ? 'quiet' : 'unseen' }, ` – ${where}`),
        ),
      );
    });
    const focused = [...this.#chips.querySelectorAll('input')].indexOf(document.activeElement);
    this.#chips.replaceChildren(...chips);
    if (focused >= 0) this.#chips.querySelectorAll('input')[focused]?.focus();
  }

  async draw() {
    const { slice, masks } = this.#look;
    if (!this.#description || slice === null) return;
    const turn = ++this.#turn;
    const { slices, edges } = this.#description;
    const index = slices.indexOf(slice);
    this.#showChips(index);
    if (index < 0) {
      this.#blank('no such slice');
      return this.say('This result has no such slice: the image came later, or went.');
    }
    const { key, task, at } = this.#result;
    const visible = this.#description.segments.filter(
      ({ number, frames }) => masks && !this.#off.has(number) && frames.includes(index),
    );
    // Never the picture of one slice under the number of another.
    const instead = (words, again) => {
      if (turn !== this.#turn) return;
      if (this.#canvas.dataset.slice !== String(index)) this.#blank(`slice ${index + 1} is not shown`);
      this.say(words, again);
    };
    const slow = setTimeout(() => instead('Loading…'), 300);
    try {
      const [image, ...layers] = await Promise.all([
        picture(`/api/results/${key}/image/${slice}`),
        ...visible.map(({ number }) => picture(`/api/results/${key}/mask/${slice}/${number}?at=${at}`)),
      ]);
      if (turn !== this.#turn) return;
      this.say(null);
      this.#paint(image, layers);
      this.#showEdges(edges.length === 1 ? edges[0] : edges[index]);
      const seen = visible.map(({ label }) => label).join(', ');
      this.#canvas.setAttribute('aria-label', `${task.title}, slice ${index + 1}${seen ? `; masks: ${seen}` : ''}`);
      this.#canvas.dataset.slice = String(index);
      this.#canvas.dataset.masks = String(layers.length);
    } catch (error) {
      instead(error.message, this.#again);
    } finally {
      clearTimeout(slow);
    }
  }

  #blank(label) {
    this.#canvas.width = 0;
    delete this.#canvas.dataset.slice;
    delete this.#canvas.dataset.masks;
    this.#canvas.setAttribute('aria-label', label);
    this.#showEdges(null);
  }

  #paint(image, layers) {
    const canvas = this.#canvas;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(this.stage.clientWidth * scale);
    canvas.height = Math.round(this.stage.clientHeight * scale);
    const { columns, rows, pixelAspect } = this.#description;
    const [width, height] = [columns, rows * pixelAspect];
    const fit = Math.min(canvas.width / width, canvas.height / height);
    const box = [(canvas.width - width * fit) / 2, (canvas.height - height * fit) / 2, width * fit, height * fit];
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, ...box);
    for (const layer of layers) {
      context.imageSmoothingEnabled = false;
      context.globalAlpha = this.#look.opacity;
      context.drawImage(layer, ...box);
      context.globalAlpha = 1;
      if (this.#look.outline) context.drawImage(outlineOf(layer, canvas, box, 1.5 * scale), 0, 0);
    }
  }
}

/** The border of a mask, as wide on the screen whatever the resolution of the image: the mask spread, less the mask. */
function outlineOf(layer, { width, height }, [x, y, w, h], line) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingEnabled = false;
  for (let turn = 0; turn < 16; turn += 1) {
    const angle = (turn * Math.PI) / 8;
    context.drawImage(layer, x + Math.cos(angle) * line, y + Math.sin(angle) * line, w, h);
  }
  context.globalCompositeOperation = 'destination-out';
  context.drawImage(layer, x, y, w, h);
  return canvas;
}
