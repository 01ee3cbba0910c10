import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DatasetSize {
  readonly rows: number;
  /** Partitions: rows by the digest of their id. */
  readonly buckets: number;
  /** Rows of one partition that are asked about at the same time. */
  readonly concurrency: number;
}

/** More fields of the model's entry, such as `requests_per_minute: 6000`. */
export type ModelFields = Readonly<Record<string, number>>;

/** A dataset of texts with two steps that ask a model: `stance` reads what `summary` was answered. */
export class ModelDataset {
  readonly name: string;
  readonly size: DatasetSize;
  readonly #folder: string;
  readonly #model: ModelFields;

  private constructor(projectFolder: string, name: string, size: DatasetSize, model: ModelFields) {
    this.name = name;
    this.size = size;
    this.#folder = join(projectFolder, name);
    this.#model = model;
  }

  /** Its rows and its source step; `askModels` adds the steps that ask. */
  static async make(
    projectFolder: string,
    name: string,
    size: DatasetSize,
    model: ModelFields = {},
  ): Promise<ModelDataset> {
    const dataset = new ModelDataset(projectFolder, name, size, model);
    await mkdir(join(projectFolder, name), { recursive: true });
    await dataset.writeRows(Array.from({ length: size.rows }, (_, n) => n));
    await dataset.writePrompt('summary');
    await dataset.writePrompt('stance');
    await dataset.#declare('');
    return dataset;
  }

  async writeRows(numbers: readonly number[]): Promise<void> {
    const lines = numbers.map((n) => JSON.stringify({ id: idOf(n), words: wordsOf(n) }));
    await writeFile(join(this.#folder, 'rows.jsonl'), `${lines.join('\n')}\n`);
  }

  async writePrompt(step: 'summary' | 'stance', more = ''): Promise<void> {
    await writeFile(join(this.#folder, `${step}.md`), PROMPTS[step] + more);
  }

  askModels(): Promise<void> {
    const { concurrency } = this.size;
    return this.#declare(`  summary:
    uses: ai/generate
    needs: [video]
    with: { model: gpt, prompt: summary.md, output: { summary: string, place: string }, concurrency: ${concurrency} }
  stance:
    uses: ai/classify
    needs: [summary]
    with: { model: gpt, prompt: stance.md, labels: [support, no support, neutral], concurrency: ${concurrency} }
`);
  }

  async #declare(steps: string): Promise<void> {
    const fields = Object.entries(this.#model).map(([name, value]) => `, ${name}: ${value}`);
    await writeFile(
      join(this.#folder, 'dataset.yaml'),
      `dataset: ${this.name}
partition: { by: id, buckets: ${this.size.buckets} }
models:
  gpt: { provider: openai, model: gpt-4o-2024-11-20${fields.join('')} }
steps:
  video: { uses: import/table, with: { path: rows.jsonl, id: id } }
${steps}`,
    );
  }
}

const idOf = (n: number) => String(7_174_000_000_000_000_000n + BigInt(n) * 1_000_003n);

/** As long as the caption and the transcript of a short video. */
const wordsOf = (n: number) =>
  `Video ${n}. ${'La marcha llega a la plaza San Martín con banderas, y la gente pide que cierren el Congreso. '.repeat(6)}`;

const PROMPTS = {
  summary: `You are given what is said in a short video from Peru, from the weeks around 7 December 2022. Summarise it in one
sentence, in the language of the video, without judging it. Then name the place where it was filmed as precisely as
the text allows, or say that it is unknown.

{{video.words}}
`,
  stance: `Does the video that is summarised here support the president, oppose them, or neither? Judge what is said, not who says
it; irony counts as what it means.

Summary: {{summary.summary}}
Place: {{summary.place}}
`,
} as const;
