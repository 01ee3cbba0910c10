import { checkOutput, OutputFileError, writeOutput } from './output-file.ts';
import { type ComparedVersions, compareVersions, type CompareVersionsRequest } from './compare-versions.ts';
import type { Project } from './open-project.ts';
import { comparisonHtml } from './report/comparison-html.ts';
import { comparisonJson } from './report/comparison-json.ts';
import { comparisonMarkdown } from './report/comparison-markdown.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { formatCount } from './terminal/format-number.ts';
import { renderComparison } from './terminal/render-comparison.ts';

export const REPORT_FORMATS = ['html', 'markdown', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface CompareOutput {
  /** Without a file: printed in place of the summary. */
  readonly format?: ReportFormat;
  readonly file?: string;
  readonly force: boolean;
}

const ENDINGS: readonly [ending: RegExp, format: ReportFormat][] = [
  [/\.html?$/i, 'html'],
  [/\.(md|markdown)$/i, 'markdown'],
  [/\.json$/i, 'json'],
];

const WRITERS: Readonly<Record<ReportFormat, (compared: ComparedVersions) => string>> = {
  html: comparisonHtml,
  markdown: comparisonMarkdown,
  json: (compared) => `${JSON.stringify(comparisonJson(compared), null, 2)}\n`,
};

/** Compares, then prints the summary, a report in its place, or the summary and where the report is. */
export async function runCompare(
  project: Pick<Project, 'store' | 'blobs'>,
  request: CompareVersionsRequest,
  { format, file, force }: CompareOutput,
  out: NodeJS.WriteStream,
): Promise<void> {
  const written = file === undefined ? format : (format ?? formatOf(file));
  if (file !== undefined) await checkOutput(file, force);
  const compared = await compareVersions(project, request);
  const report = written && WRITERS[written](compared);
  if (report !== undefined && file === undefined) return void out.write(report);
  if (report !== undefined) await writeOutput(file!, report);
  const { samples } = compared.comparison.changed;
  const content = {
    html: `plots, ${formatCount(samples.length)} rows to read`,
    markdown: 'tables',
    json: 'everything',
  };
  const line = written === undefined ? null : `report: ${file} (${content[written]})`;
  const style = { width: widthOf(out), colours: coloursFor(out) };
  out.write(`${renderComparison(compared, line, style)}\n`);
}

function formatOf(file: string): ReportFormat {
  const format = ENDINGS.find(([ending]) => ending.test(file))?.[1];
  if (format) return format;
  throw new OutputFileError(`${file}: the ending says the format; use .html, .md or .json, or say --format.`);
}
