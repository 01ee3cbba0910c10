import { Command } from 'commander';

export const doctorCommand = () =>
  new Command('doctor')
    .description('look whether everything GET-Tok needs is there, and say what mends what is not')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok doctor')
    .action(async (flags: { json?: boolean }) => {
      const { loadConfiguration } = await import('../configuration.ts');
      const { examine, showFindings } = await import('../doctor.ts');
      const findings = await examine(await loadConfiguration());
      showFindings(findings, flags);
      if (findings.some(({ status }) => status === 'missing')) process.exitCode = 1;
    });
