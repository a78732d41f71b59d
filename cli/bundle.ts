import type { Command } from 'commander';
import type { ExitCode, Terminal } from './terminal.ts';

/** `maskwright bundle …`; docs/bundles.md describes the format. */
export function addBundleCommands(program: Command, io: Terminal, done: (code: ExitCode) => void): void {
  const bundle = program.command('bundle').description('model bundles: what is in them, whether they may be loaded');
  const keys = ['--key <pem...>', 'public keys (Ed25519); only bundles that one of them has signed are OK'] as const;

  bundle
    .command('check')
    .description('loads each bundle and runs it once; OK, or the reason why it is refused')
    .argument('[place...]', 'bundles, folders of bundles, or archives; default: the models that ship')
    .option(...keys)
    .option('--json', 'machine-readable on stdout', false)
    .action(async (places, options) =>
      done(await (await import('./bundle-check.ts')).checkBundles(places, options, io)),
    );

  bundle
    .command('inspect')
    .description("a bundle's card: what it finds, what it was trained on, how good it is, its files and signature")
    .argument('<bundle>', 'folder or archive')
    .option('--key <pem...>', 'public keys (Ed25519) that its signature is held against')
    .option('--json', 'machine-readable on stdout', false)
    .action(async (place, options) =>
      done(await (await import('./bundle-inspect.ts')).inspectBundle(place, options, io)),
    );

  bundle
    .command('pack')
    .description('writes the digests of its files into the manifest, and all of it into one archive')
    .argument('<folder>', 'the bundle')
    .requiredOption('--out <file>', 'the archive, an uncompressed tar')
    .action(async (folder, options) => done(await (await import('./bundle-pack.ts')).pack(folder, options, io)));

  bundle
    .command('unpack')
    .description('puts the bundle of an archive into a folder of models, after it was checked')
    .argument('<archive>', 'as `pack` writes it')
    .requiredOption('--into <folder>', 'folder of models')
    .option(...keys)
    .action(async (archive, options) => done(await (await import('./bundle-pack.ts')).unpack(archive, options, io)));

  bundle
    .command('sign')
    .description('writes manifest.json.sig beside the manifest')
    .argument('<folder>', 'the bundle')
    .requiredOption('--key <pem>', 'private key (Ed25519); MASKWRIGHT_KEY_PASSPHRASE opens an encrypted one')
    .action(async (folder, options) =>
      done(await (await import('./bundle-sign.ts')).signBundle(folder, options, process.env, io)),
    );

  bundle
    .command('verify')
    .description('whether one of the keys has signed the bundle and every file is what was signed')
    .argument('<bundle>', 'folder or archive')
    .requiredOption('--key <pem...>', 'public keys (Ed25519)')
    .action(async (place, options) => done(await (await import('./bundle-sign.ts')).verifyBundle(place, options, io)));

  bundle
    .command('schema')
    .description('the JSON Schema of manifest.json')
    .action(async () => {
      const { manifestJsonSchema } = await import('@maskwright/model');
      io.stdout(JSON.stringify(manifestJsonSchema(), null, 2));
      done(0);
    });
}
