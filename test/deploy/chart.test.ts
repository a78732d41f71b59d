import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseConfig } from '@maskwright/config';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { describeWith, repositoryRoot } from '../support/needs.ts';

const run = promisify(execFile);
const names = z.array(z.object({ name: z.string() }));
const configMap = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });
const service = z.object({
  kind: z.literal('Service'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: z.record(z.string(), z.string()),
    ports: z.array(z.object({ targetPort: z.string() })),
  }),
});
const workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet']),
  spec: z.object({
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).optional(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        volumes: names,
        containers: z.array(
          z.looseObject({
            name: z.string(),
            ports: names,
            env: z.array(z.object({ name: z.string(), valueFrom: z.unknown().optional() })),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
          }),
        ),
      }),
    }),
  }),
});
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
  ['a token by OAuth 2.0 and mutual TLS', [...oauth2('archive'), ...certificates('archive.tls')]],
  [
    'another archive for the results',
    [
      'archive.target.url=https://results/dicom-web',
      'archive.requestsPerSecond=5',
      ...oauth2('archive.target'),
      'archive.target.auth.scope=dicom',
      ...certificates('archive.target.tls'),
      'archive.tls.existingSecret=ca-only',
    ],
  ],
  [
    'Kafka over mutual TLS with SASL',
    [
      'kafka.tls=true',
      'kafka.replicationFactor=3',
      ...certificates('kafka.tlsSecret'),
      'kafka.sasl.mechanism=scram-sha-512',
      'kafka.sasl.existingSecret=k',
    ],
  ],
  [
    'notices over HTTP, signed',
    [
      'intake.notify.enabled=true',
      'intake.notify.kind=hmac',
      'intake.notify.existingSecret=n',
      'networkPolicy.enabled=true',
    ],
  ],
  ['notices over HTTP by token', ['intake.notify.enabled=true', 'intake.notify.existingSecret=n']],
  [
    'work items',
    ['intake.workitems.url=http://pacs/rs', 'intake.workitems.codes[0]=99SITE:SEG', 'intake.remakeDeleted=true'],
  ],
  [
    'a PACS without DICOMweb',
    [
      'archive.kind=dimse',
      'archive.dimse.host=pacs',
      'archive.dimse.calledAeTitle=PACS',
      'archive.dimse.service.annotations.zone=a',
      'networkPolicy.enabled=true',
    ],
  ],
  ['other results and sites', ['results.sr=true', 'sites[0].name=north', 'sites[0].like[0]=North*']],
];
function oauth2(where: string): string[] {
  return ['kind=oauth2', 'tokenUrl=https://issuer/token', 'clientId=maskwright', 'existingSecret=s'].map(
    (value) => `${where}.auth.${value}`,
  );
}
function certificates(where: string): string[] {
  return [`${where}.existingSecret=certificates`, `${where}.clientCertificate=true`];
}
const SERVICES = ['intake', 'segmenter', 'console'];
const settings = (values: readonly string[]) => values.flatMap((value) => ['--set', value]);

describeWith({ name: 'helm and kubeconform', there: existsSync(helm) && existsSync(schemas) }, 'the Helm chart', () => {
  test.each(combinations)('with %s passes helm lint --strict and kubeconform', async (_, values) => {
    await run(helm, ['lint', '--strict', chart, ...settings(values)]);
    const stdout = await manifest(values);
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

  test.each(combinations)('with %s renders configurations that the services accept', async (_, values) => {
    const configurations = configurationsIn(await rendered(values));
    expect(Object.keys(configurations)).toEqual(SERVICES.map((service) => `${service}.yaml`));
    for (const [service, text] of Object.entries(configurations)) {
      const config = parseConfig(parse(text), service);
      expect([`${config.services}.yaml`, config.queue.kind]).toEqual([service, 'kafka']);
    }
  });

  test.each(combinations)(
    'with %s each pod has the secrets and files that its configuration names',
    async (_, values) => {
      const documents = await rendered(values);
      const texts = configurationsIn(documents);
      const pods = documents.flatMap((document) => workload.safeParse(document).data ?? []);
      expect(pods).toHaveLength(SERVICES.length);
      for (const { spec } of pods) {
        const [container] = spec.template.spec.containers;
        const text = texts[`${container?.name}.yaml`] ?? '';
        const named = [...text.matchAll(/From: (\w+)/g)].map(([, variable]) => variable).sort();
        const given = container?.env.flatMap(({ name, valueFrom }) => (valueFrom ? name : [])).sort();
        expect(given).toEqual(named);
        const folders = [...text.matchAll(/File: (.+)\/[\w.]+$/gm)].map(([, folder]) => folder);
        const mounts = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
        expect(mounts).toEqual(expect.arrayContaining(folders));
        const volumes = spec.template.spec.volumes.map(({ name }) => name);
        const claims = spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? [];
        expect([...volumes, ...claims].sort()).toEqual(container?.volumeMounts.map(({ name }) => name).sort());
      }
    },
  );

  test('each named target of a Service and a probe is a port of the pods that it selects', async () => {
    for (const [, values] of combinations) {
      const documents = await rendered(values);
      const pods = documents.flatMap((document) => workload.safeParse(document).data ?? []);
      for (const { metadata, spec } of documents.flatMap((document) => service.safeParse(document).data ?? [])) {
        const pod = pods.find(
          ({ spec: { template } }) =>
            template.metadata.labels['app.kubernetes.io/component'] === spec.selector['app.kubernetes.io/component'],
        );
        const ports = pod?.spec.template.spec.containers.flatMap((one) => one.ports.map(({ name }) => name));
        expect(ports, metadata.name).toEqual(expect.arrayContaining(spec.ports.map(({ targetPort }) => targetPort)));
      }
    }
  });

  test('readiness and liveness ask what tells them apart', async () => {
    const documents = await rendered([]);
    for (const { spec } of documents.flatMap((document) => workload.safeParse(document).data ?? [])) {
      const [container] = spec.template.spec.containers;
      expect(container).toMatchObject({
        startupProbe: { httpGet: { path: '/livez', port: 'operations' }, failureThreshold: 60 },
        livenessProbe: { httpGet: { path: '/livez', port: 'operations' } },
        readinessProbe: { httpGet: { path: '/readyz', port: 'operations' }, failureThreshold: 1 },
      });
    }
  });

  test.each([
    ['an unknown key', 'segmenter.replica=2'],
    ['authentication without a secret', 'archive.auth.kind=basic'],
    ['an archive that is no URL', 'archive.url=pacs'],
    ['OAuth 2.0 without an issuer', 'archive.auth.kind=oauth2,archive.auth.existingSecret=s'],
    ['another archive that is no URL', 'archive.target.url=pacs'],
    ['notices that anyone may send', 'intake.notify.enabled=true'],
    ['SASL without a secret', 'kafka.sasl.mechanism=plain'],
    ['certificates for Kafka without TLS', 'kafka.tlsSecret.existingSecret=c'],
    ['a PACS without an AE title', 'archive.kind=dimse,archive.dimse.host=pacs'],
    [
      'two segmenters under one AE title',
      'archive.kind=dimse,archive.dimse.host=pacs,archive.dimse.calledAeTitle=PACS,segmenter.replicas=2',
    ],
    ['a work item code without its scheme', 'intake.workitems.codes[0]=SEG'],
  ])('%s is refused by the schema of the values', async (_, value) => {
    await expect(run(helm, ['template', 'release', chart, '--set', value])).rejects.toThrow(/values don't meet/);
  });
});

/** What is rendered, once for each set of values: helm takes its time. */
const manifests = new Map<string, Promise<string>>();
function manifest(values: readonly string[]): Promise<string> {
  const before = manifests.get(values.join());
  if (before) return before;
  const made = run(helm, ['template', 'release', chart, ...settings(values)]).then(({ stdout }) => stdout);
  manifests.set(values.join(), made);
  return made;
}

async function rendered(values: readonly string[]): Promise<unknown[]> {
  return parseAllDocuments(await manifest(values)).map((document) => document.toJS());
}

/** Configuration files by their names. */
function configurationsIn(documents: readonly unknown[]): Readonly<Record<string, string>> {
  const maps = documents.map((document) => configMap.safeParse(document).data?.data ?? {});
  return Object.assign({}, ...maps);
}

test('the image has the package of each workspace', async () => {
  const lines = (await readFile(path.join(repositoryRoot, 'Dockerfile'), 'utf8')).split('\n');
  const folders = ['services', 'shared'].flatMap((parent) =>
    readdirSync(path.join(repositoryRoot, parent)).map((name) => `${parent}/${name}`),
  );
  const packages = folders.filter((folder) => existsSync(path.join(repositoryRoot, folder, 'package.json')));
  for (const folder of packages) expect(lines).toContain(`COPY ${folder}/package.json ${folder}/`);
});
