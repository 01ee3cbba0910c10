import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';

export const initCommand = () =>
  new Command('init')
    .description('write a commented dataset.yaml to begin with, for videos of your own')
    .argument('[folder]', 'where to; made when missing', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok init my-videos')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const { stepKinds } = await import('../../activities/kinds/index.ts');
      const { writeStarter } = await import('../../datasets/declaration/write-starter.ts');
      const { dataset, written, kept } = await writeStarter(folder, basename(resolve(folder)), stepKinds);
      const text = json ? JSON.stringify({ dataset, written, kept }, null, 2) : report(folder, written, kept);
      process.stdout.write(`${text}\n`);
    });

function report(folder: string, written: readonly string[], kept: readonly string[]): string {
  const argument = folder === '.' ? '' : ` ${folder}`;
  return [
    `Wrote ${written.map((file) => join(folder, file)).join(', ')}`,
    ...kept.map((file) => `Kept  ${join(folder, file)}, which was there`),
    '',
    'Next',
    `  1. List your videos in ${join(folder, 'data/videos.csv')}, one row each, and put the files into ${join(folder, 'media')}/ as <id>.mp4`,
    '  2. export OPENAI_API_KEY=…   or name other models in dataset.yaml; it says how',
    `  3. gettok validate${argument}   then  gettok plan${argument}   then  gettok run${argument}`,
  ].join('\n');
}
