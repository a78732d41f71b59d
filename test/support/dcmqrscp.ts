import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface RealDcmqrscp {
  readonly port: number;
  stop(): Promise<void>;
}

/** DCMTK's image archive, which speaks DIMSE only; it may send to `destination`. */
export async function startDcmqrscp(
  port: number,
  destination: { readonly aeTitle: string; readonly port: number },
): Promise<RealDcmqrscp> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-dcmqrscp-'));
  await mkdir(path.join(folder, 'PACS'));
  const file = path.join(folder, 'dcmqrscp.cfg');
  await writeFile(
    file,
    [
      `NetworkTCPPort = ${port}`,
      'MaxPDUSize = 16384',
      'MaxAssociations = 16',
      'HostTable BEGIN',
      `us = (${destination.aeTitle}, 127.0.0.1, ${destination.port})`,
      'HostTable END',
      'VendorTable BEGIN',
      'VendorTable END',
      'AETable BEGIN',
      `PACS ${path.join(folder, 'PACS')} RW (2000, 1024mb) ANY`,
      'AETable END',
      '',
    ].join('\n'),
  );
  const child = spawn('dcmqrscp', ['-c', file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`dcmqrscp ended with ${child.exitCode}`);
  }
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(resolve, 20, false));
  });
}
