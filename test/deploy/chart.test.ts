import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseConfig } from '@maskwright/config';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { describeWith, repositoryRoot } from '../support/needs.ts';

const run = promisify(execFile);
const chart = path.join(repositoryRoot, 'deploy/helm/maskwright');
const tools = process.env.HELM_TOOLS ?? path.join(repositoryRoot, '.ci/tools/bin');
/** Strict JSON schemas of Kubernetes' own API; made by .ci/kubernetes-schemas.py. */
const schemas = process.env.KUBERNETES_SCHEMAS ?? path.join(repositoryRoot, '.ci/tools/kubernetes-schemas');
const helm = path.join(tools, 'helm');

const combinations: readonly [string, readonly string[]][] = [
  ['the defaults', []],
  ['a GPU', ['segmenter.gpu.enabled=true', 'segmenter.replicas=3']],
  [
    'an ingress with TLS and a network policy',
    ['console.ingress.enabled=true', 'console.ingress.tlsSecret=t', 'networkPolicy.enabled=true'],
  ],
  [
    'basic authentication and SASL',
    [
      'archive.auth.kind=basic',
      'archive.auth.existingSecret=s',
      'kafka.sasl.mechanism=scram-sha-512',
      'kafka.sasl.existingSecret=k',
    ],
  ],
  [
    'a bearer token and no claim',
    ['archive.auth.kind=bearer', 'archive.auth.existingSecret=s', 'segmenter.spool.persistent=false'],
  ],
];
const settings = (values: readonly string[]) => values.flatMap((value) => ['--set', value]);

describeWith({ name: 'helm and kubeconform', there: existsSync(helm) && existsSync(schemas) }, 'the Helm chart', () => {
  test.each(combinations)('with %s passes helm lint --strict and kubeconform', async (_, values) => {
    await run(helm, ['lint', '--strict', chart, ...settings(values)]);
    const { stdout } = await run(helm, ['template', 'release', chart, ...settings(values)]);
    const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-chart-')), 'rendered.yaml');
    await writeFile(file, stdout);
    const location = path.join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json');
    const judged = await run(path.join(tools, 'kubeconform'), [
      '-strict',
      '-summary',
      '-schema-location',
      location,
      file,
    ]);
    expect(judged.stdout).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
  });

  test.each(combinations)('with %s renders a configuration that the services accept', async (_, values) => {
    const { stdout } = await run(helm, ['template', 'release', chart, ...settings(values)]);
    const configMap = z.object({ kind: z.literal('ConfigMap'), data: z.object({ 'maskwright.yaml': z.string() }) });
    const found = parseAllDocuments(stdout).flatMap((document) => configMap.safeParse(document.toJS()).data ?? []);
    expect(found).toHaveLength(1);
    for (const { data } of found) expect(parseConfig(parse(data['maskwright.yaml']), 'chart').queue.kind).toBe('kafka');
  });

  test.each([
    ['an unknown key', 'segmenter.replica=2'],
    ['authentication without a secret', 'archive.auth.kind=basic'],
    ['an archive that is no URL', 'archive.url=pacs'],
  ])('%s is refused by the schema of the values', async (_, value) => {
    await expect(run(helm, ['template', 'release', chart, '--set', value])).rejects.toThrow(/values don't meet/);
  });
});
