import { request as httpRequest } from 'node:http';
import { MaskwrightError } from '@maskwright/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveOf, event, image, radiographFile } from './sample.ts';
import { type SampleConsole, startSampleConsole, startWithThreeResults, stored } from './sample-console.ts';
import { startConsole } from './server.ts';

let served: SampleConsole;
beforeAll(async () => {
  served = await startWithThreeResults();
});
afterAll(() => served?.close());

describe('the rim', () => {
  test('allows the page its own scripts and styles only', async () => {
    const response = await served.get('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const page = await response.text();
    expect(page).toContain('Research use only');
    expect(page).not.toMatch(/<script>|style=|onclick/);
  });

  test('is alive', async () => {
    expect(await (await served.get('/livez')).text()).toBe('alive\n');
  });

  test.each([
    ['rebound.example', 403],
    ['127.rebound.example', 403],
    ['localhost', 200],
    ['127.0.0.1', 200],
  ])('on the loopback interface answers to its names only: %s gets %i', async (host, expected) => {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(served.url);
      const headers = { host };
      httpRequest({ hostname, port, path: '/api/results', headers }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
  });

  test('a port that is taken is named', async () => {
    const port = Number(new URL(served.url).port);
    await expect(startConsole(served.deps, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  test('a request that fails is in the log, and nothing of a patient or of their words', async () => {
    const searchInstances = async () => {
      throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'status 503');
    };
    const archive = { ...archiveOf(new Map([[image, radiographFile()]])), searchInstances };
    const failing = await startSampleConsole(archive, [event(1, { kind: 'running' }, 0)]);
    for (const path of ['', `/${stored}`, `/${stored}/facts`, `/${stored}/picture`])
      expect((await failing.get(`/api/results${path}`)).status).toBe(200);
    expect((await failing.post(`/api/results/${stored}/prompt`, '{"text": "right lung"}')).status).toBe(503);
    await failing.close();
    expect(failing.log).toEqual([expect.stringContaining('status 503')]);
    expect(failing.log.join('')).not.toMatch(/Doe|secret|right lung/);
  });
});
