import { describeError, MaskwrightError } from '@maskwright/errors';
import { Command, CommanderError, Option } from 'commander';
import { addBundleCommands } from './bundle.ts';
import { version } from './places.ts';
import { type ExitCode, type Terminal, terminal } from './terminal.ts';

/**
 * The command line's contract: exit code 0 when all was done, 1 when something failed (named on stderr), 2 for wrong usage.
 * A command's module is loaded when it is called, so that `inspect` does not wait for ONNX Runtime.
 */
export async function main(argv: readonly string[], io: Terminal = terminal): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = commands(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr(`maskwright: ${describeError(error)}`);
    return error instanceof MaskwrightError && error.code === 'USAGE' ? 2 : 1;
  }
}

function commands(io: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('maskwright')
    .description('Automatic DICOM segmentation by language for a hospital PACS. For research use only.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout(text.trimEnd()), writeErr: (text) => io.stderr(text.trimEnd()) })
    .showHelpAfterError('(`maskwright help COMMAND` shows its options)');

  program
    .command('demo')
    .description('everything in one process, on phantoms or on your own images')
    .option('--once', 'end when every study has its result')
    .option('--home <folder>', 'state: embedded archive and queue', '.maskwright')
    .option('--out <folder>', 'SEG files and summary.json', 'out')
    .option('--sr', 'also write measurement reports (DICOM SR)')
    .option('--key-image', 'also write a picture of the slice with the largest mask (Secondary Capture)')
    .option('--presentation-state', 'also write the outlines as presentation states (GSPS)')
    .option('--images <path...>', 'DICOM files or folders instead of the phantoms')
    .option('--port <number>', 'port of the page', '8080')
    .action(async (options) => done(await (await import('./demo.ts')).demo(options, io)));

  program
    .command('up')
    .description('the services of a configuration file')
    .option('--config <file>', 'YAML; default: one process with embedded archive and queue')
    .option('--service <name...>', 'only these of intake, segmenter, console')
    .action(async (options) => done(await (await import('./up.ts')).up(options)));

  program
    .command('segment')
    .description('masks for files, without an archive')
    .argument('<path...>', 'DICOM files or folders, PNG or JPEG images')
    .requiredOption('--out <folder>', 'where the masks go')
    .option('--task <id>', 'task of the catalogue; default: the one whose rules select the series')
    .option('--target <name>', 'only this structure of the task')
    .option('--prompt <text>', 'your own words')
    .option('--model <id>', 'this model, whatever the assessment says')
    .option('--attributes <file>', 'JSON with attributes for PNG and JPEG')
    .option(
      '--format <list>',
      'any of seg,sr,key-image,presentation-state,png,nifti; the second to fourth come with the seg that they speak of',
      'seg,png',
    )
    .option('--json', 'machine-readable summary on stdout')
    .action(async (paths, options) => done(await (await import('./segment.ts')).segment(paths, options, io)));

  program
    .command('prompt')
    .description('attributes with their sources, and the prompts P0 to P9')
    .argument('[file]', 'a DICOM file')
    .option('--task <id>', 'this task; default: those whose rules select the file')
    .option('--report <file...>', 'SR documents of the same study; only verified ones are believed')
    .option('--mask <png>', 'a mask of the same size: its number, size and place are told too')
    .option('--family <name>', 'family of images, with --attributes')
    .option('--attributes <file>', 'JSON object or array of attributes')
    .option('--schema', 'print the JSON Schema of the attributes')
    .option('--json', 'machine-readable on stdout')
    .action(async (file, options) => {
      const { prompt, tokenizersIn } = await import('./prompt.ts');
      const { places } = await import('./places.ts');
      done(
        await prompt(
          { file, ...options },
          {
            catalogueDirectory: places.catalogue,
            tokenizer: tokenizersIn(places.models),
            stdout: (text) => io.stdout(text.trimEnd()),
            stderr: (text) => io.stderr(text.trimEnd()),
          },
        ),
      );
    });

  program
    .command('inspect')
    .description('what each DICOM file is, or why it is refused')
    .argument('<path...>', 'files or folders')
    .option('--json', 'machine-readable on stdout', false)
    .option('--pixels', 'decode, and add the digest of the raw values', false)
    .action(async (paths, options) => done(await (await import('./inspect.ts')).inspect(paths, options, io)));

  program
    .command('route')
    .description('dry run: which tasks get which series of a study, with the word of each rule')
    .argument('<study>', 'StudyInstanceUID in the configured archive, or a DICOM file or folder')
    .option('--config <file>', 'YAML configuration')
    .option('--json', 'machine-readable on stdout', false)
    .action(async (study, options) => done(await (await import('./route.ts')).route(study, options, io)));

  program
    .command('evaluate')
    .description('scores models on images with known masks, as a table, a list of cases and a page')
    .requiredOption('--cases <file>', 'CSV with the columns image, mask, target, attributes, dataset, group')
    .requiredOption('--out <folder>', 'report.json, cases.csv and report.html; a stopped run goes on here')
    .option('--model <id...>', 'these models; auto is what the assessment chooses; default: the tasks’ own and auto')
    .option('--prompt-type <type...>', 'these of P0 to P9; default: the tasks’ own words')
    .option('--models <folder>', 'bundles instead of those that ship')
    .option('--json', 'report.json on stdout too')
    .action(async (options) => done(await (await import('./evaluate.ts')).evaluate(options, io)));

  program
    .command('calibrate')
    .description('fits the prediction of Dice on held-out cases and puts it into the model’s bundle')
    .requiredOption('--cases <file>', 'CSV as of evaluate; images that no model was trained on')
    .option('--model <id...>', 'the VLSM, and its conventional partner; default: the tasks’ own')
    .option('--models <folder>', 'bundles instead of those that ship')
    .option('--work <folder>', 'finished cases are kept here, so that a stopped run goes on', '.maskwright/calibrate')
    .option('--shifts <number>', 'altered copies of each picture besides', '2')
    .option('--key <file>', 'private key (Ed25519, PEM) with which a signed bundle is signed again')
    .action(async (options) => done(await (await import('./calibrate.ts')).calibrate(options, process.env, io)));

  program
    .command('replay')
    .description(
      'puts jobs that were set aside back into their lanes, and makes results again; without a job it lists them',
    )
    .argument('[job...]', 'job keys, or the first 8 or more digits of them')
    .option('--config <file>', 'YAML configuration')
    .option('--all', 'every job that was set aside')
    .option('--deleted', 'every result that was deleted in the archive')
    .option('--json', 'machine-readable on stdout')
    .action(async (keys, options) => done(await (await import('./replay.ts')).replay(keys, options, io)));

  program
    .command('doctor')
    .description('checks this machine, the configuration, the models, the archive and the queue')
    .addOption(new Option('--config <file>', 'YAML configuration'))
    .action(async (options) => done(await (await import('./doctor.ts')).doctor(options, io)));

  addBundleCommands(program, io, done);

  return program;
}
