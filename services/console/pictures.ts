import { imagesOfTask, sizesOfTask } from '@maskwright/catalogue';
import {
  type DataSet,
  hasMatrix,
  type Instance,
  parsePart10,
  parseUid,
  type SOPInstanceUID,
  text,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource, frameKey, renderFrame, type SourceFrame, type SourceImage } from '@maskwright/image';
import { Cache } from './cache.ts';
import type { ConsoleDeps } from './deps.ts';
import { MaskReader } from './mask-layers.ts';
import { describePicture, type PictureDescription } from './picture-description.ts';
import { pngOfImage, pngOfMask } from './png.ts';
import type { WorklistEntry } from './worklist.ts';

const MEGABYTE = 1 << 20;

/**
 * Images and masks of results as PNG, from the archive. A series is ordered by its metadata alone and each slice is fetched
 * when it is looked at, so that memory is bounded whatever the size of the series.
 */
export class Pictures {
  readonly #deps: Pick<ConsoleDeps, 'archive' | 'target' | 'catalogue'>;
  readonly #sources = new Cache<SourceImage>(2000, ({ frames }) => frames.length);
  readonly #instances = new Cache<Instance>(192 * MEGABYTE, sizeOfInstance);
  readonly #masks: MaskReader;
  readonly #images = new Cache<Buffer>(64 * MEGABYTE, (png) => png.length);
  constructor(deps: Pick<ConsoleDeps, 'archive' | 'target' | 'catalogue'>) {
    this.#deps = deps;
    this.#masks = new MaskReader(deps.target ?? deps.archive);
  }

  /** @throws MaskwrightError SOURCE_GONE, and as the archive, `assembleSource` and `MaskReader` do */
  async describe(entry: WorklistEntry): Promise<PictureDescription> {
    const [source, masks] = await Promise.all([this.#source(entry), this.#masks.of(entry)]);
    return describePicture(source, masks);
  }

  /** @param slice `frameKey` of it: its place in the stack is another when images come late */
  async image(entry: WorklistEntry, slice: string): Promise<Buffer> {
    const { study, series, task } = entry;
    const { instance: header, frameNumber } = frameOf(await this.#source(entry), slice);
    const sop = header.sopInstanceUID;
    return this.#images.get(`${sop} ${frameNumber} ${task}`, async () => {
      const instance = await this.#instance(study, series, sop);
      const window = this.#deps.catalogue.tasks.find(({ id }) => id === task)?.window;
      return pngOfImage(await renderFrame({ instance, frameNumber }, window ? { window } : {}));
    });
  }

  /** @throws MaskwrightError INPUT_NOT_FOUND where the segment has no pixels in this slice */
  async mask(entry: WorklistEntry, slice: string, segment: number): Promise<Buffer> {
    const { layers } = await this.#masks.of(entry);
    const layer = layers.find(({ number }) => number === segment);
    const mask = layer?.slices.get(slice);
    if (!layer || !mask) throw new MaskwrightError('INPUT_NOT_FOUND', `segment ${segment} has no mask in this slice`);
    return pngOfMask(mask, layer.color);
  }

  /** A job is made of all images of its series, or all of one size: where some come late there is another, and its slices are others. */
  #source({ key, study, series, task, matrix }: WorklistEntry): Promise<SourceImage> {
    return this.#sources.get(key, async () => {
      const instances = (await this.#deps.archive.retrieveMetadata(study, series)).map(withoutPixels);
      if (instances.length === 0)
        throw new MaskwrightError('SOURCE_GONE', `the archive no longer has series ${series}`);
      const { catalogue } = this.#deps;
      const { images } = imagesOfTask(catalogue, { id: task }, instances);
      // A result from before its series got images of another size does not say its own.
      const size = matrix ?? sizesOfTask(catalogue, { id: task }, instances)[0]?.matrix;
      return assembleSource(images.filter(({ dataset }) => hasMatrix(dataset, size)));
    });
  }

  #instance(study: Instance['studyInstanceUID'], series: Instance['seriesInstanceUID'], sop: SOPInstanceUID) {
    return this.#instances.get(sop, async () =>
      parsePart10(await this.#deps.archive.retrieveInstance(study, series, sop)),
    );
  }
}

function withoutPixels(dataset: DataSet): Instance {
  return {
    dataset,
    transferSyntaxUID: text(dataset, 'AvailableTransferSyntaxUID') ?? '',
    sopClassUID: text(dataset, 'SOPClassUID') ?? '',
    studyInstanceUID: parseUid(text(dataset, 'StudyInstanceUID'), 'StudyInstanceUID'),
    seriesInstanceUID: parseUid(text(dataset, 'SeriesInstanceUID'), 'SeriesInstanceUID'),
    sopInstanceUID: parseUid(text(dataset, 'SOPInstanceUID'), 'SOPInstanceUID'),
  };
}

function frameOf({ frames }: SourceImage, slice: string): SourceFrame {
  const frame = frames.find(({ instance, frameNumber }) => frameKey(instance.sopInstanceUID, frameNumber) === slice);
  if (!frame) throw new MaskwrightError('INPUT_NOT_FOUND', 'the result has no such slice');
  return frame;
}

function sizeOfInstance({ pixelData = [] }: Instance): number {
  return pixelData.reduce((sum, { length }) => sum + length, 16_384);
}
