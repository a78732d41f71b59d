import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig, readConfig, secret } from './index.ts';

const kafka = (keys: object) => ({ queue: { kind: 'kafka', brokers: ['b:9093'], ...keys } });

describe('the configuration', () => {
  test('an empty file is one process with embedded archive and queue', () => {
    const config = parseConfig(null, 'empty.yaml');
    expect(config.services).toEqual(['intake', 'segmenter', 'console']);
    expect(config.archive).toEqual({ kind: 'embedded', port: 8042, host: '127.0.0.1' });
    expect(config.queue).toEqual({ kind: 'embedded' });
    expect(config.intake.sweepSeconds).toBe(60);
  });

  test.each([
    ['an unknown key', { archiv: {} }, /archiv/],
    ['an unknown key inside', { intake: { sweepSecond: 3 } }, /intake: .*sweepSecond/],
    ['a wrong type', { console: { port: 'many' } }, /console\.port/],
    ['a sweep less often than once a day', { intake: { sweepSeconds: 86_401 } }, /intake\.sweepSeconds/],
    [
      'a worklist asked less often than once a day',
      { intake: { workitems: { url: 'http://pacs/rs', pollSeconds: 2_592_000 } } },
      /intake\.workitems\.pollSeconds/,
    ],
    [
      'a request that may take longer than a day',
      { archive: { kind: 'outside', url: 'http://pacs/dw', timeoutSeconds: 2_592_000 } },
      /archive\.timeoutSeconds/,
    ],
    ['an unknown service', { services: ['viewer'] }, /services\.0/],
    ['a PACS without url', { archive: { kind: 'outside' } }, /archive\.url/],
    ['Kafka without brokers', { queue: { kind: 'kafka', brokers: [] } }, /queue\.brokers/],
    ['a CA of brokers without TLS', kafka({ tlsCaFile: 'a' }), /queue\.tlsCaFile: .*`tls: true`/],
    [
      'a certificate for brokers without TLS',
      kafka({ tls: false, tlsCertFile: 'a' }),
      /queue\.tlsCertFile: .*`tls: true`/,
    ],
    ['a key for brokers without TLS', kafka({ tlsKeyFile: 'a' }), /queue\.tlsKeyFile: .*`tls: true`/],
  ])('%s is refused and named', (_, value, message) => {
    expect(() => parseConfig(value, 'x.yaml')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => parseConfig(value, 'x.yaml')).toThrow(message);
  });

  test('relative folders are taken from the folder of the file', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-config-'));
    const file = path.join(folder, 'a.yaml');
    await writeFile(file, 'home: state\nmodels: ../bundles\n');
    const config = await readConfig(file);
    expect(config.home).toBe(path.join(folder, 'state'));
    expect(config.models.folder).toBe(path.join(path.dirname(folder), 'bundles'));
  });

  test('models may be a folder alone, or a folder with trusted keys, also relative ones', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-config-'));
    const file = path.join(folder, 'a.yaml');
    await writeFile(file, 'models: { folder: /m, trustedKeys: [keys/maker.pem] }\n');
    expect((await readConfig(file)).models).toEqual({
      folder: '/m',
      trustedKeys: [path.join(folder, 'keys/maker.pem')],
    });
    expect(parseConfig({}, 'empty.yaml').models).toEqual({});
    expect(() => parseConfig({ models: { trustedKeys: [] } }, 'x.yaml')).toThrow(/models\.trustedKeys/);
  });

  test('relative certificate files too, of archive, target and brokers', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-config-'));
    const file = path.join(folder, 'a.yaml');
    await writeFile(
      file,
      `archive: { kind: outside, url: 'https://pacs/dicom-web', tls: { caFile: ca.pem }, target: { url: 'https://vna/dw', tls: { certFile: c.pem, keyFile: /k.pem } } }
queue: { kind: kafka, brokers: ['b:9093'], tls: true, tlsCaFile: kafka.pem }
`,
    );
    const { archive, queue } = await readConfig(file);
    expect(archive).toMatchObject({
      tls: { caFile: path.join(folder, 'ca.pem') },
      target: { timeoutSeconds: 60, tls: { certFile: path.join(folder, 'c.pem'), keyFile: '/k.pem' } },
    });
    expect(queue).toMatchObject({ tlsCaFile: path.join(folder, 'kafka.pem') });
  });

  test('a missing file, broken YAML and a missing secret are named', async () => {
    await expect(readConfig('/nowhere/x.yaml')).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'maskwright-config-')), 'b.yaml');
    await writeFile(file, 'home: [');
    await expect(readConfig(file)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(() => secret('PACS_PASSWORD', {})).toThrow(/PACS_PASSWORD/);
  });
});

describe('a secret', () => {
  test.each([
    ['as it is', 'pass word', 'pass word'],
    ['without the line break of the file that it came from', 'password\n', 'password'],
    ['without that of a file from Windows', 'password\r\n', 'password'],
    ['with letters of any alphabet', 'Paßwort-密码', 'Paßwort-密码'],
  ])('is taken %s', (_, value, taken) => {
    expect(secret('PACS_PASSWORD', { PACS_PASSWORD: value })).toBe(taken);
  });

  test.each([
    ['is absent', undefined],
    ['is empty', ''],
    ['is a line break', '\n'],
    ['holds a line break', 'pass\nword'],
    ['ends in two', 'password\n\n'],
    ['ends in a carriage return', 'password\r'],
    ['holds a tabulator', 'pass\tword'],
    ['holds a NUL', 'pass\0word'],
    ['holds a DEL', 'pass\x7fword'],
  ])('that %s is refused by the name of its variable, and not shown', (_, value) => {
    expect(() => secret('PACS_PASSWORD', { PACS_PASSWORD: value })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/PACS_PASSWORD(?!.*(pass|word))/),
      }),
    );
  });
});
