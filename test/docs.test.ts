import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ERROR_CODES } from '@maskwright/errors';
import { describe, expect, test } from 'vitest';
import { configurationPage } from '../tools/config-reference.ts';
import { repositoryRoot } from './support/needs.ts';

const page = (name: string) => readFile(path.join(repositoryRoot, name), 'utf8');

describe('the documents', () => {
  test('docs/configuration.md is what the schema says', async () => {
    expect(await page('docs/configuration.md')).toBe(configurationPage());
  });

  test.each(Object.keys(ERROR_CODES))('docs/operations.md knows the error %s', async (code) => {
    expect(await page('docs/operations.md')).toContain(`\`${code}\``);
  });

  test.each(['README.md', 'docs/architecture.md', 'CONTRIBUTING.md'])('links of %s lead to files', async (name) => {
    const links = [...(await page(name)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
    for (const link of links)
      await expect(page(path.join(path.dirname(name), link)).then(() => link)).resolves.toBe(link);
  });
});
