import { MaskwrightError } from '@maskwright/errors';
import { UNDEFINED_LENGTH } from './element-cursor.ts';
import { readElements } from './element-reader.ts';
import { type Fragment, fragmentsOfFrames } from './encapsulated.ts';
import { BIG_ENDIAN, DEFLATED, type Opened, openFile } from './open-file.ts';
import type { Instance } from './part10.ts';
import { encapsulationOf, encodingOf, headerOddities, identified, NATIVE, parsePart10 } from './read-part10.ts';
import { type Run, type StoredFile, StoredPixels } from './stored-pixels.ts';

/** Headers are shorter, but for those of large multi-frame objects. */
const FIRST_HEAD = 16 * 1024;
const HEAD_GROWTH = 8;
/** Tag and length of a fragment, and the first bytes of its codestream. */
const FRAGMENT_HEAD = 8 + 4;

/**
 * As {@link parsePart10}, of a file that need not be in memory: its pixel data stay where they are, as `storedPixels`.
 * Only where they are not in the file as they are (big-endian, deflated) or something unusual stands behind them it is
 * read whole, and they are in `pixelData`.
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING
 */
export async function readStored(file: StoredFile): Promise<Instance> {
  for (let length = FIRST_HEAD; ; length *= HEAD_GROWTH) {
    const bytes = await file.read(0, Math.min(length, file.length));
    const whole = bytes.length === file.length;
    const head = headIn(bytes);
    const instance = head && (await withPixelsIn(file, head));
    if (instance) return instance;
    if (head || whole) return parsePart10(whole ? bytes : await file.read(0, file.length));
  }
}

type Head = Pick<Opened, 'transferSyntaxUID'> &
  Required<Pick<ReturnType<typeof readElements>, 'dataset' | 'pixelsAt'>> & { readonly oddities: Set<string> };

/** Undefined where the pixel data do not begin within these bytes. */
function headIn(bytes: Uint8Array): Head | undefined {
  try {
    const opened = openFile(bytes);
    const { body, start, transferSyntaxUID } = opened;
    const { dataset, pixelsAt, oddities } = readElements(body, start, encodingOf(transferSyntaxUID, body, start), {
      stopAtPixels: true,
    });
    return (
      pixelsAt && { transferSyntaxUID, dataset, pixelsAt, oddities: headerOddities(opened, { dataset, oddities }) }
    );
  } catch (error) {
    // Whether it is broken or only cut off here, the next longer piece says.
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}

/** Undefined where the file has to be read whole: then that says what is wrong, or gives the pixels as they should be. */
async function withPixelsIn(file: StoredFile, head: Head): Promise<Instance | undefined> {
  const { dataset, transferSyntaxUID, oddities } = head;
  if (transferSyntaxUID === BIG_ENDIAN || transferSyntaxUID === DEFLATED) return undefined;
  const entries = head.pixelsAt.header.length === UNDEFINED_LENGTH ? await framesIn(file, head) : nativeIn(file, head);
  if (!entries) return undefined;
  return identified({
    dataset,
    transferSyntaxUID,
    storedPixels: new StoredPixels(file, entries),
    ...(oddities.size > 0 ? { oddities: [...oddities] } : {}),
  });
}

function nativeIn(file: StoredFile, { pixelsAt: { header, start } }: Head): Run[][] | undefined {
  const { length } = header;
  if (length === 0 || start + length !== file.length) return undefined;
  return [[{ start, length }]];
}

async function framesIn(file: StoredFile, { dataset, transferSyntaxUID, pixelsAt, oddities }: Head) {
  const fragments = NATIVE.has(transferSyntaxUID) ? undefined : await fragmentsIn(file, pixelsAt.start);
  if (!fragments) return undefined;
  const [table, ...data] = fragments;
  const offsets = table && (await file.read(table.start, table.start + table.length));
  const frames = fragmentsOfFrames(offsets, data, encapsulationOf(dataset), (oddity) => oddities.add(oddity));
  return frames.map(([from, to]) => data.slice(from, to));
}

/** Undefined where they do not end with their delimiter at the end of the file. */
async function fragmentsIn(file: StoredFile, start: number): Promise<(Run & Fragment)[] | undefined> {
  const fragments: (Run & Fragment)[] = [];
  for (let at = start; at + 8 <= file.length; ) {
    const bytes = Buffer.from(await file.read(at, Math.min(at + FRAGMENT_HEAD, file.length)));
    const mark = bytes.readUInt32LE(0);
    const length = bytes.readUInt32LE(4);
    at += 8;
    if (mark === SEQUENCE_END) return at === file.length ? fragments : undefined;
    if (mark !== ITEM || at + length > file.length) return undefined;
    fragments.push({ start: at, length, head: bytes.subarray(8, 8 + length) });
    at += length;
  }
  return undefined;
}

/** (FFFE,E000) and (FFFE,E0DD), group first, each little-endian. */
const ITEM = 0xe000fffe;
const SEQUENCE_END = 0xe0ddfffe;
