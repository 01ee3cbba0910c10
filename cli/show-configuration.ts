import type { Configuration } from './configuration.ts';
import { type Setting, SETTINGS } from './settings.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { renderTable } from './terminal/render-table.ts';

/** `gettok config`: with `--json` an object of `{ value, from, variable }` by setting, null where there is none. */
export function showConfiguration(configuration: Configuration, { json }: { json?: boolean }): void {
  const lines = [
    { name: 'project', variable: 'GETTOK_PROJECT', about: '', setting: configuration.project },
    ...configuration.settings.map(({ name, setting }) => ({
      name,
      ...SETTINGS[name],
      setting: effective(configuration, name, setting),
    })),
    ...configuration.temporalVariables.map((variable) => ({
      name: variable,
      variable,
      about: '',
      setting: { value: '[set]', from: variable },
    })),
  ];
  if (json) {
    const entries = lines.map(({ name, variable, setting }) => [name, setting ? { ...setting, variable } : null]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(entries))}\n`);
    return;
  }
  const { dim } = coloursFor(process.stdout);
  const rows = lines.map(({ name, variable, about, setting }) => [
    name,
    setting ? String(setting.value) : dim('–'),
    setting ? setting.from : dim(`${variable}: ${about}`),
  ]);
  const columns = [{ title: 'setting' }, { title: 'value' }, { title: 'from', shrinks: true }];
  process.stdout.write(`${renderTable(columns, rows, widthOf(process.stdout))}\n`);
}

/** A profile or a file of Temporal's own may say more than the variables do. */
function effective(
  { temporal }: Configuration,
  name: string,
  setting: Setting<unknown> | undefined,
): Setting<unknown> | undefined {
  if (name === 'temporal.address') return temporal?.address ?? setting;
  if (name === 'temporal.namespace') return temporal?.namespace ?? setting;
  return setting;
}
