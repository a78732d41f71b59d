import { MaskwrightError } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import type { Archive } from '../archive.ts';
import { claimedInstances } from '../claimed-instance.ts';
import type { Associate, Request } from './association.ts';
import { requests } from './library.ts';
import { halvesOf } from './part10-bytes.ts';
import { RawDataset } from './raw-dataset.ts';

/** C-STOREs of one association: the library's cost grows with their square. */
const STORED_AT_ONCE = 32;
/** Cannot understand (PS3.4 table B.2-1): what we do not send because it is broken. */
const NOT_UNDERSTOOD = 0xc000;
/** SOP class not supported (PS3.7 C.5.6): the PACS accepts no presentation context for it. */
const NOT_SUPPORTED = 0x0122;
/**
 * What a PACS says of an object that another association is just writing: no resources (A7xx), processing failure (0110), or,
 * as DCMTK's says of whatever goes wrong, not understood (C000). Such an object is sent once more, after about this time:
 * where it is there by then, that is a success.
 */
const mayPass = (status: number) => status >> 8 === 0xa7 || status === 0x0110 || status === NOT_UNDERSTOOD;
const AGAIN_MS = 300;

/** Each object by C-STORE, and what the PACS says of it. */
export async function store(
  associate: Associate,
  ...[files, signal]: Parameters<Archive['store']>
): ReturnType<Archive['store']> {
  signal?.throwIfAborted();
  const uids = claimedInstances(files);
  const status = new Map<number, number>();
  const send = async (indices: Iterable<number>) => {
    const asked = new Map<Request, number>();
    for (const index of indices) {
      const request = storeRequest(files[index] ?? new Uint8Array());
      if (!request) continue;
      request.on('response', (response) => status.set(index, response.getStatus()));
      asked.set(request, index);
    }
    const all = [...asked.keys()];
    for (let start = 0; start < all.length; start += STORED_AT_ONCE) {
      const leftOut = await associate(all.slice(start, start + STORED_AT_ONCE), signal);
      for (const [request, index] of asked) if (leftOut.has(request)) status.set(index, NOT_SUPPORTED);
    }
  };
  await send(files.keys());
  const again = [...status].filter(([, one]) => mayPass(one)).map(([index]) => index);
  if (again.length > 0) {
    await pause(AGAIN_MS * (0.5 + Math.random()), signal ?? new AbortController().signal);
    signal?.throwIfAborted();
    await send(again);
  }
  return uids.map((sopInstanceUID, index) => {
    const reason = status.get(index) ?? NOT_UNDERSTOOD;
    if (reason === 0) return { sopInstanceUID, stored: true };
    if (reason >> 12 === 0xb) return { sopInstanceUID, stored: true, warning: reason };
    return { sopInstanceUID, stored: false, reason };
  });
}

/** Undefined for a file that is broken: a PACS that takes it would hold half an object. */
function storeRequest(file: Uint8Array): InstanceType<typeof requests.CStoreRequest> | undefined {
  try {
    const { sopClassUID, sopInstanceUID, transferSyntaxUID, dataset } = halvesOf(file);
    const uids = { SOPClassUID: sopClassUID, SOPInstanceUID: sopInstanceUID };
    return new requests.CStoreRequest(new RawDataset(dataset, transferSyntaxUID, uids));
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}
