import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RealDcmqrscp, startDcmqrscp } from '../../../test/support/dcmqrscp.ts';
import { freePorts } from '../../../test/support/free-ports.ts';
import { describeWith, needs, sharedFolder } from '../../../test/support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../../../test/support/orthanc.ts';
import { archiveContract, sampleInstance } from '../contract.ts';
import { type DimseArchive, dimseArchive } from './dimse-archive.ts';
import { Dataset } from './library.ts';
import { halvesOf } from './part10-bytes.ts';

// An association for each step: hundreds of instances take their time.
vi.setConfig({ testTimeout: 180_000 });
const US = 'MASKWRIGHT';
const node = { host: '127.0.0.1', calledAeTitle: 'PACS', callingAeTitle: US, timeoutMs: 20_000 };

describeWith(needs.orthanc, 'a real Orthanc by DIMSE', () => {
  let orthanc: RealOrthanc;
  let archive: DimseArchive;
  beforeAll(async () => {
    const port = await freePorts(2);
    orthanc = await startOrthanc({}, port);
    archive = await dimseArchive({ ...node, port, listenPort: port + 1 });
    await orthanc.knows(US, port + 1);
  });
  afterAll(async () => {
    archive.close();
    await orthanc.stop();
  });

  archiveContract(() => archive);
});

describeWith(needs.dcmtk, 'DCMTK’s archive by DIMSE', () => {
  let dcmqrscp: RealDcmqrscp;
  let archive: DimseArchive;
  beforeAll(async () => {
    const port = await freePorts(2);
    dcmqrscp = await startDcmqrscp(port, { aeTitle: US, port: port + 1 });
    archive = await dimseArchive({ ...node, port, listenPort: port + 1 });
  });
  afterAll(async () => {
    archive.close();
    await dcmqrscp.stop();
  });

  archiveContract(() => archive);
});

describe('a PACS that is not there', () => {
  test('is unreachable, and tried again', async () => {
    const [port, listenPort] = [await freePorts(1), await freePorts(1)];
    const archive = await dimseArchive({ ...node, port, listenPort });
    const { study } = sampleInstance('nowhere');
    await expect(archive.searchSeries(study)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE', retryable: true });
    archive.close();
  });

  test('a port that is taken is told at once', async () => {
    const port = await freePorts(2);
    const archive = await dimseArchive({ ...node, port, listenPort: port + 1 });
    await expect(dimseArchive({ ...node, port, listenPort: port + 1 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    archive.close();
  });
});

describeWith(needs.sharedData, 'why data sets pass unread: private elements', () => {
  test('dcmjs-dimse’s own way loses them', () => {
    const file = readFileSync(path.join(sharedFolder, 'data/dicom/ct/elscint-private-rle.dcm'));
    const { dataset, transferSyntaxUID } = halvesOf(file);
    expect(new Dataset(dataset, transferSyntaxUID).getDenaturalizedDataset().equals(dataset)).toBe(false);
  });
});
