import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from '../support/needs.ts';

const page = (name: string) => readFile(path.join(repositoryRoot, name), 'utf8');
const dockerfile = await page('Dockerfile');
/** Instructions of each target, in one line each. */
const stages = new Map(
  dockerfile
    .replace(/\\\n\s*/g, '')
    .split(/^FROM /m)
    .map((stage) => [/ AS (\S+)/.exec(stage)?.[1], stage.split('\n')]),
);

test('the image has the package of each workspace', () => {
  const folders = ['services', 'shared'].flatMap((parent) =>
    readdirSync(path.join(repositoryRoot, parent)).map((name) => `${parent}/${name}`),
  );
  const packages = folders.filter((folder) => existsSync(path.join(repositoryRoot, folder, 'package.json')));
  for (const folder of packages) expect(stages.get('dependencies')).toContain(`COPY ${folder}/package.json ${folder}/`);
});

test('the target with CUDA has the library that Node needs, and is not built where one is missing', () => {
  const gpu = stages.get('gpu') ?? [];
  const node = gpu.findIndex((line) => line.startsWith('COPY') && line.endsWith('/usr/local/bin/node'));
  const libraries = gpu.findIndex((line) => /^RUN .*--no-install-recommends libatomic1 .*&& node --version/.test(line));
  expect(node).toBeGreaterThan(-1);
  expect(libraries).toBeGreaterThan(node);
});

test.each(['cpu', 'gpu'])('the target %s sends no telemetry and has a home that its user may write', (target) => {
  const lines = stages.get(target) ?? [];
  expect(lines.find((line) => line.startsWith('ENV'))).toMatch(/ ORT_DISABLE_TELEMETRY=1\b/);
  const home = lines.findIndex((line) => /^RUN .*install -d -o 1000 -g 1000 \/var\/lib\/maskwright$/.test(line));
  expect(home).toBeGreaterThan(-1);
  expect(lines.findIndex((line) => line.startsWith('USER'))).toBeGreaterThan(home);
});

test('the tags that the Dockerfile and the README build are those that the chart runs', async () => {
  const { appVersion } = z
    .object({ appVersion: z.string() })
    .parse(parse(await page('deploy/helm/maskwright/Chart.yaml')));
  const tags = (text: string) => [...text.matchAll(/-t \S*maskwright:(\S+)/g)].map(([, tag]) => tag);
  expect(tags(dockerfile)).toEqual([`${appVersion}-cpu`, `${appVersion}-gpu`]);
  for (const tag of tags(await page('README.md'))) expect(tags(dockerfile)).toContain(tag);
});
