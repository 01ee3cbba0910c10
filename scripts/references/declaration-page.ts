import {
  declarationShape,
  partitionById,
  partitionByTime,
  stepShape,
} from '../../datasets/declaration/declaration-shape.ts';
import { modelShape, priceShape } from '../../datasets/declaration/model-shape.ts';
import { GENERATED, page, table } from './markdown.ts';
import { parameterTable } from './parameter-table.ts';

/** The reference page of `dataset.yaml`. */
export function declarationPage(): string {
  const keys = Object.entries(declarationShape).map(([key, shape]) => [
    `\`${key}\``,
    shape.safeParse(undefined).success ? '' : 'required',
    shape.description ?? '',
  ]);
  return page(
    GENERATED,
    '# dataset.yaml',
    'One file declares a dataset: what it is, who made it, which models it uses, and the steps that make it. `gettok init` writes one to begin with, `gettok validate` checks it. With this first line an editor completes and checks it while you type:',
    '```yaml\n# yaml-language-server: $schema=dataset.schema.json\n```',
    'YAML 1.2, UTF-8, at most 1 MiB. Comments, layout and the order of keys never matter; the order of a list does (creators, needs, labels). Names of steps and models are lower-case letters, digits and `_`, a letter first, at most 63.',
    table(['key', '', 'meaning'], keys),
    '## creators',
    parameterTable(declarationShape.creators.unwrap().element),
    '## partition',
    'The unit of work and storage. By UTC day of a time, rows without one in `_none`:',
    parameterTable(partitionByTime),
    'or by a hash of the id:',
    parameterTable(partitionById),
    '## models',
    parameterTable(modelShape),
    'What a cell depends on is `provider`, `model`, `parameters` and `weights`; renaming an entry, moving its server or changing its limits or its price computes nothing again. Keys are never written here: `api_key_env` names a variable.',
    '`price` is the price of your contract, or of your own server: `price: { input: 2.5, cached_input: 1.25, output: 10 }`. It stands for the whole built-in price of that model, so a part that is left out is unknown and not taken from the table.',
    parameterTable(priceShape),
    '## steps',
    parameterTable(stepShape),
    'A step reads columns of the steps it `needs` and of no others. Exactly one step is a source: it makes the rows, needs no step, and its kind is marked as such in [the list of step kinds](steps/README.md). `dataset` is no name for a step: the joined view is called so. In that view a column is called `step_column`; two that would have the same name are refused, as are output columns called `id`, `status` or `error_code`.',
    '`was` renames a step: `opinion: { was: stance, … }` takes over what `stance` had in the version before, and computes nothing again. Other steps need it under its new name; their prompts go on calling it by the former one, since another text of a prompt asks the model again. So `was` stays as long as a prompt does.',
    '## Prompts',
    'A parameter that takes a prompt takes the path of a text file in the folder of `dataset.yaml`. In it `{{step.column}}` stands for the value of a column of a needed step: a text as it is, nothing as `(none)`, a list as JSON. A placeholder that no needed step provides is an error before anything runs. A prompt counts by its text: renaming the file computes nothing again.',
    '## retention',
    'Of rows that were collected from an API, such as by [`tiktok/videos`](steps/tiktok-videos.md). It blocks nothing: `gettok run --refresh <step>` asks again when you say so. See [collecting](../collect.md).',
    parameterTable(declarationShape.retention.unwrap().unwrap()),
    '## release',
    parameterTable(declarationShape.release.unwrap().unwrap()),
    '## Values set on the command line',
    "`--set path.to.value=yaml` of `validate`, `plan` and `run` puts one value in place of the declared one and records that it did, such as `--set models.gpt.model=gpt-5.1-2025-11-13`, `--set 'models.gpt={provider: baseline, model: facts-1}'` or `--set steps.stance.with.labels.0=support`.",
  );
}
