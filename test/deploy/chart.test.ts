import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Config, parseConfig } from '@maskwright/config';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../cli/places.ts';
import { describeWith, repositoryRoot } from '../support/needs.ts';
import { combinations, dimse } from './combinations.ts';
import {
  COMPONENTS,
  chart,
  helm,
  helmNeeded,
  kubeconform,
  manifest,
  rendered,
  run,
  schemas,
  settings,
} from './helm.ts';
import { allOf, configurationsIn, service, workload } from './manifests.ts';

test.each([
  ['deploy/helm/maskwright/Chart.yaml', /^(?:appV|v)ersion: (.+)$/gm, 2],
  ['Dockerfile', /maskwright:(.+)-[cg]pu/g, 2],
  ['README.md', /maskwright:(\S+)-cpu/g, 2],
  ['CHANGELOG.md', /^## \[(\d.+)\] – \d{4}-\d\d-\d\d$/gm, 1],
])('%s names the version that the program says', async (file, pattern, least) => {
  const named = [...(await readFile(path.join(repositoryRoot, file), 'utf8')).matchAll(pattern)].map(([, one]) => one);
  expect(named.length).toBeGreaterThanOrEqual(least);
  // The newest comes first where there are several.
  expect(named.slice(0, least)).toEqual(Array(least).fill(version));
});

describeWith(helmNeeded, 'the Helm chart', () => {
  test.each(combinations)('with %s passes helm lint --strict and kubeconform', async (_, values) => {
    await run(helm, ['lint', '--strict', chart, ...settings(values)]);
    const stdout = await manifest(values);
    const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-chart-')), 'rendered.yaml');
    await writeFile(file, stdout);
    const location = path.join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json');
    const judged = await run(kubeconform, ['-strict', '-summary', '-schema-location', location, file]);
    expect(judged.stdout).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
  });

  test.each(combinations)('with %s renders configurations that the services accept', async (_, values) => {
    const configurations = configurationsIn(await rendered(values));
    expect(Object.keys(configurations)).toEqual(COMPONENTS.map((component) => `${component}.yaml`));
    for (const [name, text] of Object.entries(configurations)) {
      const config = parseConfig(parse(text), name);
      expect([`${config.services}.yaml`, config.queue.kind]).toEqual([name, 'kafka']);
    }
  });

  test.each(combinations)(
    'with %s each pod has the secrets and files that its configuration names',
    async (_, values) => {
      const documents = await rendered(values);
      const texts = configurationsIn(documents);
      const workloads = allOf(workload, documents);
      expect(workloads).toHaveLength(COMPONENTS.length);
      for (const { spec } of workloads) {
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

  test.each<[string, readonly string[], (config: Config) => unknown, unknown]>([
    ['a week of studies', [], ({ intake }) => intake.lookbackDays, 7],
    ['all studies', ['intake.lookbackDays=null'], ({ intake }) => intake.lookbackDays, undefined],
    ["one's own models", ['models.folder=/own'], ({ models }) => models, { folder: '/own' }],
    ['keys that are trusted', ['models.trustedKeys[0]=/own'], ({ models }) => models, { trustedKeys: ['/own'] }],
    ["one's own tasks", ['catalogue=/own'], ({ catalogue }) => catalogue, '/own'],
    ['threads', ['segmenter.threads=4'], ({ segmenter }) => segmenter.threads, 4],
  ])('%s can be set', async (_, values, look, set) => {
    const { 'intake.yaml': text } = configurationsIn(await rendered(values));
    expect(look(parseConfig(parse(text ?? ''), 'intake.yaml'))).toEqual(set);
  });

  test('each named target of a Service and a probe is a port of the pods that it selects', async () => {
    for (const [, values] of combinations) {
      const documents = await rendered(values);
      const workloads = allOf(workload, documents);
      for (const { metadata, spec } of allOf(service, documents)) {
        const pod = workloads.find(
          ({ spec: { template } }) =>
            template.metadata.labels['app.kubernetes.io/component'] === spec.selector['app.kubernetes.io/component'],
        );
        const ports = pod?.spec.template.spec.containers.flatMap((one) => one.ports.map(({ name }) => name));
        expect(ports, metadata.name).toEqual(expect.arrayContaining(spec.ports.map(({ targetPort }) => targetPort)));
      }
    }
  });

  test('readiness and liveness ask what tells them apart', async () => {
    for (const { spec } of allOf(workload, await rendered([]))) {
      const [container] = spec.template.spec.containers;
      expect(container).toMatchObject({
        startupProbe: { httpGet: { path: '/livez', port: 'operations' }, failureThreshold: 60 },
        livenessProbe: { httpGet: { path: '/livez', port: 'operations' } },
        readinessProbe: { httpGet: { path: '/readyz', port: 'operations' }, failureThreshold: 1 },
      });
    }
  });

  test('names of the longest release are no longer than those of a Service may be', async () => {
    const services = allOf(service, await rendered(dimse(), 'r'.repeat(53)));
    expect(services.map(({ metadata }) => metadata.name.length).filter((length) => length > 63)).toEqual([]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['DICOMweb', [], []],
    ['DIMSE, where a pod is known by its AE title', dimse(), ['intake', 'console']],
    ['DIMSE and no claim', [...dimse(), 'segmenter.spool.persistent=false'], ['intake', 'segmenter', 'console']],
    ['a GPU, where the pod of a claim is ended first anyway', ['segmenter.gpu.enabled=true'], []],
    ['a GPU and no claim', ['segmenter.gpu.enabled=true', 'segmenter.spool.persistent=false'], ['segmenter']],
  ])('with %s no pod starts beside the one that it replaces where only one may', async (_, values, components) => {
    const replaced = Object.entries(await pods(values)).filter(([, { spec }]) => spec.strategy?.type === 'Recreate');
    expect(replaced.map(([component]) => component).sort()).toEqual([...components].sort());
  });

  test.each<[string, readonly string[], readonly [cpu: string, segmenter: string]]>([
    ['no tag', [], [`${version}-cpu`, `${version}-cpu`]],
    ['a tag', ['image.tag=t'], ['t', 't']],
    ['a GPU', ['segmenter.gpu.enabled=true'], [`${version}-cpu`, `${version}-gpu`]],
    ['a GPU and a tag of its image', ['segmenter.gpu.enabled=true', 'image.gpuTag=g'], [`${version}-cpu`, 'g']],
    ['a GPU and two tags', ['segmenter.gpu.enabled=true', 'image.tag=t', 'image.gpuTag=g'], ['t', 'g']],
  ])('with %s each service runs the image that is made for it', async (_, values, [cpu, segmenter]) => {
    const made = Object.entries(await pods(values)).map(([component, { spec }]) => [
      component,
      spec.template.spec.containers[0]?.image,
    ]);
    const tags = { intake: cpu, segmenter, console: cpu };
    expect(Object.fromEntries(made)).toEqual(
      Object.fromEntries(Object.entries(tags).map(([component, tag]) => [component, `maskwright:${tag}`])),
    );
  });

  test.each(COMPONENTS)('the nodes of %s can be chosen, and of it alone', async (component) => {
    const chosen = ['nodeSelector.disk=ssd', 'tolerations[0].key=gpu', 'runtimeClassName=nvidia'];
    const { [component]: one, ...others } = await pods(chosen.map((value) => `${component}.${value}`));
    const placed = { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'gpu' }], runtimeClassName: 'nvidia' };
    expect(one?.spec.template.spec).toMatchObject(placed);
    for (const { spec } of Object.values(others))
      expect(Object.keys(placed).filter((key) => key in spec.template.spec)).toEqual([]);
  });
});

/** Workloads by their components. */
async function pods(values: readonly string[]) {
  const found = allOf(workload, await rendered(values));
  return Object.fromEntries(
    found.map((one) => [one.spec.template.metadata.labels['app.kubernetes.io/component'] ?? '', one]),
  );
}
