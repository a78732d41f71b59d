import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeWith, needs } from '../../test/support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../../test/support/orthanc.ts';
import { archiveContract } from './contract.ts';
import { type EmbeddedArchive, outsideArchive, startEmbeddedArchive } from './index.ts';

describe('the embedded archive', () => {
  let directory: string;
  let server: EmbeddedArchive;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
    server = await startEmbeddedArchive({ directory });
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  archiveContract(() => outsideArchive({ url: server.url }));
});

describeWith(needs.orthanc, 'a real Orthanc', () => {
  let orthanc: RealOrthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  });
  afterAll(() => orthanc.stop());

  archiveContract(() => outsideArchive({ url: orthanc.url }));
});
