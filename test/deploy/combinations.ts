/** Sets of values that the chart must take, each by what it is. */
export const combinations: readonly [string, readonly string[]][] = [
  ['the defaults', []],
  ['a GPU', ['segmenter.gpu.enabled=true', 'segmenter.replicas=3']],
  ['a GPU, tags and no claim', ['segmenter.gpu.enabled=true', 'image.tag=t', 'image.gpuTag=g', noClaim()]],
  [
    'an ingress with TLS and a network policy',
    [
      'console.ingress.enabled=true',
      'console.ingress.tlsSecret=t',
      'console.ingress.annotations.auth=proxy',
      'networkPolicy.enabled=true',
      peer('console'),
    ],
  ],
  [
    'a load balancer and a network policy',
    ['console.service.type=LoadBalancer', 'networkPolicy.enabled=true', peer('console')],
  ],
  ['a network policy and no peers', ['networkPolicy.enabled=true']],
  [
    'basic authentication and SASL',
    [
      'archive.auth.kind=basic',
      'archive.auth.existingSecret=s',
      'kafka.sasl.mechanism=scram-sha-512',
      'kafka.sasl.existingSecret=k',
    ],
  ],
  ['a bearer token and no claim', ['archive.auth.kind=bearer', 'archive.auth.existingSecret=s', noClaim()]],
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
      'intake.notify.service.annotations.zone=a',
      'networkPolicy.enabled=true',
      peer('notify'),
    ],
  ],
  ['notices over HTTP by token', ['intake.notify.enabled=true', 'intake.notify.existingSecret=n']],
  [
    'work items',
    ['intake.workitems.url=http://pacs/rs', 'intake.workitems.codes[0]=99SITE:SEG', 'intake.remakeDeleted=true'],
  ],
  [
    'a PACS without DICOMweb',
    [...dimse(), 'archive.dimse.service.annotations.zone=a', 'networkPolicy.enabled=true', peer('dicom')],
  ],
  ['other results and sites', ['results.sr=true', 'sites[0].name=North', 'sites[0].like[0]=North*']],
  ['all studies, at no rate and with no collector', ['intake.lookbackDays=null', 'archive.requestsPerSecond=null']],
  [
    "the product's own defaults",
    [
      'intake.sweepSeconds',
      'intake.concurrency',
      'archive.timeoutSeconds',
      'kafka.partitions',
      'segmenter.concurrency',
    ].map((key) => `${key}=null`),
  ],
  [
    "one's own models, keys, tasks and threads",
    [
      'models.folder=/own/models',
      'models.trustedKeys[0]=/own/keys/maker.pem',
      'catalogue=/own/catalogue',
      'segmenter.threads=4',
      'telemetry.otlpUrl=http://collector:4318/v1/traces',
      'extraVolumes[0].name=own',
      'extraVolumes[0].persistentVolumeClaim.claimName=own',
      'extraVolumeMounts[0].name=own',
      'extraVolumeMounts[0].mountPath=/own',
    ],
  ],
  [
    'chosen nodes',
    ['intake.nodeSelector.disk=ssd', 'segmenter.runtimeClassName=nvidia', 'console.tolerations[0].operator=Exists'],
  ],
];

export function dimse(): string[] {
  return ['archive.kind=dimse', 'archive.dimse.host=pacs', 'archive.dimse.calledAeTitle=PACS'];
}
function noClaim(): string {
  return 'segmenter.spool.persistent=false';
}
function peer(port: string): string {
  return `networkPolicy.from.${port}[0].ipBlock.cidr=10.1.0.0/16`;
}
function oauth2(where: string): string[] {
  return ['kind=oauth2', 'tokenUrl=https://issuer/token', 'clientId=maskwright', 'existingSecret=s'].map(
    (value) => `${where}.auth.${value}`,
  );
}
function certificates(where: string): string[] {
  return [`${where}.existingSecret=certificates`, `${where}.clientCertificate=true`];
}
