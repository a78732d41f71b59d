import { expect, test } from 'vitest';
import { describeWith } from '../support/needs.ts';
import { combinations, dimse } from './combinations.ts';
import { COMPONENTS, helmNeeded, notes, rendered } from './helm.ts';
import { allOf, ingress, networkPolicy, service, workload } from './manifests.ts';

const enabled = combinations.filter(([, values]) => values.includes('networkPolicy.enabled=true'));
const component = 'app.kubernetes.io/component';

describeWith(helmNeeded, 'who reaches the pods', () => {
  test.each(enabled)('with %s each port of each pod is for somebody named', async (_, values) => {
    const documents = await rendered(values);
    const policies = allOf(networkPolicy, documents);
    expect(policies.map(({ spec }) => spec.podSelector.matchLabels[component])).toEqual(COMPONENTS);
    for (const { spec } of allOf(workload, documents)) {
      const { labels } = spec.template.metadata;
      const policy = policies.find((one) => one.spec.podSelector.matchLabels[component] === labels[component]);
      const ports = spec.template.spec.containers.flatMap((one) => one.ports.map(({ name }) => name));
      expect(policy?.spec.ingress.flatMap((rule) => rule.ports.map(({ port }) => port))).toEqual(ports);
    }
  });

  test('without peers it is for the pods of the release alone', async () => {
    const policies = allOf(networkPolicy, await rendered(['networkPolicy.enabled=true']));
    const labels = { 'app.kubernetes.io/name': 'maskwright', 'app.kubernetes.io/instance': 'release' };
    for (const { from } of policies.flatMap(({ spec }) => spec.ingress))
      expect(from).toEqual([{ podSelector: { matchLabels: labels } }]);
  });

  test('a peer is let in by the port that it is named for, and no other', async () => {
    const peer = { namespaceSelector: { matchLabels: { name: 'ingress' } } };
    const set = 'networkPolicy.from.console[0].namespaceSelector.matchLabels.name=ingress';
    const policies = allOf(networkPolicy, await rendered(['networkPolicy.enabled=true', set]));
    const rules = policies.flatMap(({ spec }) => spec.ingress);
    const open = rules.filter(({ from }) => from.some((one) => 'namespaceSelector' in one));
    expect(open).toEqual([{ ports: [{ port: 'console' }], from: [peer] }]);
  });

  test.each([
    ['the console', ['console.service'], 'release-console'],
    ['notices', ['intake.notify.service'], 'release-notify'],
    ['the PACS', ['archive.dimse.service'], 'release-intake-dicom'],
  ])('the Service for %s has the annotations that are set', async (_, [key], name) => {
    const all = [...dimse(), 'intake.notify.enabled=true', 'intake.notify.existingSecret=n'];
    const services = allOf(service, await rendered([...all, `${key}.annotations.zone=a`]));
    const annotated = services.filter(({ metadata }) => metadata.annotations?.zone === 'a');
    expect(annotated.map(({ metadata }) => metadata.name)).toContain(name);
  });

  test('the ingress has the annotations by which a controller puts an authenticating proxy before it', async () => {
    const key = 'nginx\\.ingress\\.kubernetes\\.io/auth-url';
    const values = ['console.ingress.enabled=true', `console.ingress.annotations.${key}=https://sso/auth`];
    const [only] = allOf(ingress, await rendered(values));
    expect(only?.metadata.annotations).toEqual({ 'nginx.ingress.kubernetes.io/auth-url': 'https://sso/auth' });
  });

  test.each([
    ['no ingress', []],
    ['an ingress', ['console.ingress.enabled=true']],
  ])('with %s the notes say that the console has no login', async (_, values) => {
    expect(await notes(values)).toMatch(/It has no login: .*authenticating proxy/);
  });

  test.each<[string, readonly string[], boolean]>([
    ['a network policy and no peer for it', ['networkPolicy.enabled=true'], true],
    ['a peer for it', ['networkPolicy.enabled=true', 'networkPolicy.from.operations[0].podSelector.a=b'], false],
    ['no network policy', [], false],
    ['no scraping', ['networkPolicy.enabled=true', 'telemetry.scrape=false'], false],
  ])('with %s the notes say whether Prometheus is shut out', async (_, values, said) => {
    expect((await notes(values)).includes('networkPolicy.from.operations')).toBe(said);
  });

  test.each([
    ['a claim', 'segmenter.spool.persistent=true', 'exec statefulset/release-segmenter '],
    ['no claim', 'segmenter.spool.persistent=false', 'exec deploy/release-segmenter '],
  ])('with %s the notes have the check run where there is memory for the models', async (_, value, command) => {
    expect(await notes([value])).toContain(command);
  });
});
