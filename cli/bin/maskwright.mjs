#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
const major = Number(process.versions.node.split('.')[0]);
if (major < 26) {
  process.stderr.write(
    `Maskwright needs Node 26 or newer, this is ${process.versions.node}. Run it in the repository as \`npx maskwright\`, which brings its own.\n`,
  );
  process.exit(2);
}
// A reader that has seen enough (`| head`) ends the command without a stack trace.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(1);
});
const { main } = await import('../main.ts');
process.exitCode = await main(process.argv.slice(2));
