import { Command } from 'commander';

export const demoCommand = () =>
  new Command('demo')
    .description('turn the bundled sample of 24 short videos into a versioned, queryable dataset')
    .option('--yes', 'answer every question with yes')
    .addHelpText('after', '\nExample:\n  npm run demo')
    .action(async ({ yes }: { yes?: boolean }) => {
      const { runDemo } = await import('../run-demo.ts');
      await runDemo({ yes: yes ?? false });
    });
