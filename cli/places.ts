import path from 'node:path';
import suite from '../package.json' with { type: 'json' };

const repository = path.resolve(import.meta.dirname, '..');

/** What ships with the product. */
export const places = {
  catalogue: path.join(repository, 'catalogue'),
  models: path.join(repository, 'models'),
  phantoms: path.join(repository, 'fixtures', 'phantoms'),
} as const;

export const { version } = suite;
