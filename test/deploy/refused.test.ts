import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { chartSchema, chartSchemaFile } from '../../tools/chart-schema.ts';
import { describeWith } from '../support/needs.ts';
import { chart, helm, helmNeeded, run } from './helm.ts';

const dimse = 'archive.kind=dimse,archive.dimse.host=pacs,archive.dimse.calledAeTitle=PACS';

describeWith(helmNeeded, 'the schema of the values', () => {
  test.each([
    ['an unknown key', 'segmenter.replica=2'],
    ['authentication without a secret', 'archive.auth.kind=basic'],
    ['an archive that is no URL', 'archive.url=pacs'],
    ['an archive without a host', 'archive.url=http://'],
    ['OAuth 2.0 without an issuer', 'archive.auth.kind=oauth2,archive.auth.existingSecret=s'],
    ['another archive that is no URL', 'archive.target.url=pacs'],
    ['certificates of an archive of which none is used', 'archive.tls.existingSecret=x,archive.tls.ca=false'],
    [
      'certificates of another archive of which none is used',
      'archive.target.url=http://results,archive.target.tls.existingSecret=x,archive.target.tls.ca=false',
    ],
    ['notices that anyone may send', 'intake.notify.enabled=true'],
    ['SASL without a secret', 'kafka.sasl.mechanism=plain'],
    ['certificates for Kafka without TLS', 'kafka.tlsSecret.existingSecret=c'],
    ['a PACS without an AE title', 'archive.kind=dimse,archive.dimse.host=pacs'],
    ['a service without an AE title', `${dimse},archive.dimse.callingAeTitles.console=null`],
    ['an AE title of spaces', `${dimse},archive.dimse.callingAeTitles.console=   `],
    ['two segmenters under one AE title', `${dimse},segmenter.replicas=2`],
    ['a work item code without its scheme', 'intake.workitems.codes[0]=SEG'],
    ['an unknown key of the results', 'results.srr=true'],
    ['an unknown form of SEG', 'results.seg.form=bitmap'],
    ['a site without patterns', 'sites[0].name=north'],
    ['a collector that is no URL', 'telemetry.otlpUrl=collector'],
    ['models in a relative folder', 'models.folder=models'],
    ['a tag without one for the GPU', 'segmenter.gpu.enabled=true,image.tag=1'],
    ['a peer that is empty', 'networkPolicy.enabled=true,networkPolicy.from.console[0]='],
    ['an ingress that a network policy shuts out', 'console.ingress.enabled=true,networkPolicy.enabled=true'],
    ['a load balancer that a network policy shuts out', 'console.service.type=LoadBalancer,networkPolicy.enabled=true'],
    ['a port of the nodes that a network policy shuts out', 'console.service.type=NodePort,networkPolicy.enabled=true'],
    [
      'notices that a network policy shuts out',
      'intake.notify.enabled=true,intake.notify.existingSecret=n,networkPolicy.enabled=true',
    ],
    ['a PACS that a network policy shuts out', `${dimse},networkPolicy.enabled=true`],
  ])('refuses %s', async (_, value) => {
    await expect(run(helm, ['template', 'release', chart, '--set', value])).rejects.toThrow(/values don't meet/);
  });
});

test('results and sites are refused as the configuration file refuses them', async () => {
  const text = await readFile(chartSchemaFile, 'utf8');
  expect(text).toBe(chartSchema(text));
});
