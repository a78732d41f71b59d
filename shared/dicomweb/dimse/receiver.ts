import { once } from 'node:events';
import { createServer } from 'node:net';
import { MaskwrightError } from '@maskwright/errors';
import type { Scp as StorageService } from 'dcmjs-dimse';
import { constants, responses, Scp, Server } from './library.ts';
import { part10Of } from './part10-bytes.ts';
import { RawDataset } from './raw-dataset.ts';

/** Where a PACS sends the instances of a C-MOVE: a storage service that takes only what was asked for. */
export interface Receiver {
  /** Part 10 files of these instances, as they arrive, until `done` is called. */
  expect(sopInstanceUIDs: readonly string[]): { readonly arrived: Map<string, Uint8Array>; done(): void };
  close(): void;
}

/** @throws MaskwrightError CONFIG_INVALID where the port cannot be listened on */
export async function receive(port: number): Promise<Receiver> {
  await mustBeFree(port);
  const waiting = new Set<{ readonly wanted: ReadonlySet<string>; readonly arrived: Map<string, Uint8Array> }>();

  class StorageScp extends Scp {
    constructor(...args: ConstructorParameters<typeof StorageService>) {
      super(...args);
      args[0].setNoDelay(true);
    }

    override associationRequested(association: Parameters<StorageService['associationRequested']>[0]): void {
      for (const { id } of association.getPresentationContexts()) {
        const context = association.getPresentationContext(id);
        const [offered] = context.getTransferSyntaxUids();
        const { Accept, RejectTransferSyntaxesNotSupported } = constants.PresentationContextResult;
        if (offered === undefined) context.setResult(RejectTransferSyntaxesNotSupported);
        else context.setResult(Accept, offered);
      }
      this.sendAssociationAccept();
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }

    override createDatasetFromStoreWritableStream(
      writable: Parameters<StorageService['createDatasetFromStoreWritableStream']>[0],
      context: Parameters<StorageService['createDatasetFromStoreWritableStream']>[1],
      callback: Parameters<StorageService['createDatasetFromStoreWritableStream']>[2],
    ): void {
      const bytes = 'toBuffer' in writable && typeof writable.toBuffer === 'function' ? writable.toBuffer() : undefined;
      callback(
        new RawDataset(Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0), context.getAcceptedTransferSyntaxUid() ?? ''),
      );
    }

    override cStoreRequest(
      request: Parameters<StorageService['cStoreRequest']>[0],
      callback: Parameters<StorageService['cStoreRequest']>[1],
    ): void {
      const dataset = request.getDataset();
      const sopInstanceUID = request.getAffectedSopInstanceUid();
      const asked = [...waiting].filter(({ wanted }) => wanted.has(sopInstanceUID));
      const taken = dataset instanceof RawDataset && asked.length > 0;
      if (taken) {
        const file = part10Of({
          sopClassUID: request.getAffectedSopClassUid(),
          sopInstanceUID,
          transferSyntaxUID: dataset.getTransferSyntaxUid(),
          dataset: dataset.bytes,
        });
        for (const { arrived } of asked) arrived.set(sopInstanceUID, file);
      }
      const response = responses.CStoreResponse.fromRequest(request);
      response.setStatus(taken ? constants.Status.Success : constants.Status.ProcessingFailure);
      callback(response);
    }
  }

  const server = new Server(StorageScp);
  // A sender that breaks off is told of by the C-MOVE that asked for it.
  server.on('networkError', () => undefined);
  server.listen(port);
  return {
    expect(sopInstanceUIDs) {
      const one = { wanted: new Set(sopInstanceUIDs), arrived: new Map<string, Uint8Array>() };
      waiting.add(one);
      return { arrived: one.arrived, done: () => waiting.delete(one) };
    },
    close: () => server.close(),
  };
}

/** The library tells of a port in use only by an event that cannot be told from others. */
async function mustBeFree(port: number): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port);
    await once(probe, 'listening');
  } catch (cause) {
    const inUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const why = inUse ? 'is in use, by the running service perhaps' : 'cannot be listened on';
    throw new MaskwrightError('CONFIG_INVALID', `archive.listenPort: port ${port} ${why}`, { cause });
  }
  probe.close();
  await once(probe, 'close');
}
