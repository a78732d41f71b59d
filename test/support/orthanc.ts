import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';
import { sharedFolder } from './needs.ts';

export interface RealOrthanc {
  /** DICOMweb root. */
  readonly url: string;
  /** Tells it of an application entity to which it may send by DIMSE. */
  knows(aeTitle: string, port: number): Promise<void>;
  stop(): Promise<void>;
}

/** A real Orthanc of its own on a free port, gone with its folder when stopped. */
export async function startOrthanc(
  environment: Readonly<Record<string, string>> = {},
  dicomPort = 0,
): Promise<RealOrthanc> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-orthanc-'));
  const port = await freePorts(1);
  const script = path.join(sharedFolder, 'tools/orthanc-start.sh');
  await promisify(execFile)('bash', [script, String(port), folder, String(dicomPort)], {
    env: { ...process.env, ...environment },
  });
  const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
  return {
    url: `http://127.0.0.1:${port}/dicom-web`,
    async knows(aeTitle, entityPort) {
      const body = JSON.stringify({ AET: aeTitle, Host: '127.0.0.1', Port: entityPort });
      const answer = await fetch(`http://127.0.0.1:${port}/modalities/${aeTitle}`, { method: 'PUT', body });
      if (!answer.ok) throw new Error(`Orthanc answered ${answer.status}`);
    },
    async stop() {
      process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
