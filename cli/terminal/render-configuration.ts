import type { ConfigurationDiff } from '../../datasets/configuration-changes.ts';
import { configurationText, partText } from '../diff/diff-words.ts';
import { printable, renderTable } from './render-table.ts';

/** What differs between the configurations of steps, a line each: `stance  model  gpt-4o-2024-11-20 → gpt-5.1-2025-11-13`. */
export function renderConfiguration(configuration: readonly ConfigurationDiff[], width: number): string[] {
  if (configuration.length === 0) return [];
  const rows = configuration.map((change, index) => [
    configuration[index - 1]?.step === change.step ? '' : change.step,
    printable(partText(change)),
    printable(`${configurationText(change.old)} → ${configurationText(change.new)}`),
  ]);
  return renderTable([{ title: '' }, { title: '' }, { title: '', shrinks: true }], rows, width).split('\n');
}
