import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the command prints. @throws Error with what it complained of where it fails */
export async function runProcess(
  [command = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  const [out, complaint] = await Promise.all([textOf(child.stdout), textOf(child.stderr), ended(child)]);
  if (child.exitCode !== 0)
    throw new Error(`${command} ${args[0]} ended with ${child.exitCode}: ${complaint.slice(-2000)}`);
  return out;
}
async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString('utf8');
}
function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}

/** Highest resident set of this process; resourceUsage would also count what the starting process had at the fork. */
export function peakKiB(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}
