import { modelPurposes } from '../activities/models/check/model-purpose.ts';
import { type ModelTrial, tryModel } from '../activities/models/check/try-model.ts';
import { modelsOfDataset } from './models-of-dataset.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { plural } from './terminal/format-number.ts';
import { renderTrials } from './terminal/render-models.ts';

/** A model that is loaded at its first request may take minutes, one at a provider seconds. */
const TIMEOUT_MS = 120_000;

export interface CheckFlags {
  readonly set: readonly string[];
  readonly json?: boolean;
}

/** `gettok models check`: one tiny request to each model of a dataset. Returns whether all of them work. */
export async function checkModels(folder: string, { set, json }: CheckFlags): Promise<boolean> {
  const { declaration, models, tools, release } = await modelsOfDataset(folder, set, true);
  try {
    const purposes = modelPurposes(declaration);
    const requests = purposes.filter(({ model }) => model.provider !== 'baseline').length;
    if (!json && requests > 0)
      process.stdout.write(`  ${plural(requests, 'tiny request')}, for a fraction of a cent in all\n\n`);
    const { signal } = new AbortController();
    const trials = await Promise.all(
      purposes.map((each) => tryModel(each, { ...tools, timeoutMs: TIMEOUT_MS, signal })),
    );
    const ok = trials.every((trial) => trial.ok);
    const tried = trials.map((trial, index) => ({ trial, listed: models[index]! }));
    if (json) {
      const entries = tried.map(({ listed, trial }) => ({ ...listed, ...trialJson(trial) }));
      process.stdout.write(`${JSON.stringify({ ok, models: entries })}\n`);
      return ok;
    }
    const style = { width: widthOf(process.stdout), colours: coloursFor(process.stdout) };
    process.stdout.write(tried.length === 0 ? 'No model is declared.\n' : `${renderTrials(tried, style)}\n`);
    return ok;
  } finally {
    release();
  }
}

const trialJson = ({ costNanoUsd, ...trial }: ModelTrial) => ({
  ...trial,
  cost_usd: costNanoUsd === null ? null : Number(costNanoUsd) / 1e9,
});
