import type { ComparedVersions } from '../compare-versions.ts';
import { softwareVersion } from '../software-version.ts';
import { formatCount } from '../terminal/format-number.ts';
import { changedSection } from './changed-section.ts';
import { pairsTable, sidesTable, strataTable } from './comparison-tables.ts';
import { comparisonTitle } from './comparison-title.ts';
import { agreementPlot, keyFigures } from './key-figures.ts';
import { mainPairs } from './main-pairs.ts';
import { markup, Markup } from './markup.ts';
import { methodsText } from './methods-text.ts';
import { pairSection } from './pair-section.ts';
import { reportTable } from './report-table.ts';
import { REPORT_STYLE } from './report-style.ts';

const SHOWN_STRATA = 50;

/** A page that needs nothing but itself: no script, no font, no picture from elsewhere, and no leave to load any. */
export function comparisonHtml({ comparison, gold }: ComparedVersions): string {
  const title = comparisonTitle(comparison);
  const { changed, pairs } = comparison;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${new Markup(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${keyFigures(comparison)}
        ${
          pairs.length > 1 &&
          markup`<h2>Every pair</h2>
            ${agreementPlot(comparison)}${reportTable(pairsTable(comparison))}`
        }
        ${mainPairs(comparison).map((pair) => pairSection(comparison, pair))}
        <h2>What was compared</h2>
        ${reportTable(sidesTable(comparison))}
        ${gold.map(
          ({ name, labelled, unlabelled, unknown }) =>
            markup`<p class="note">
              ${name}: ${formatCount(labelled)} rows labelled, ${formatCount(unlabelled)} without a label,
              ${formatCount(unknown)} not in any version compared.
            </p>`,
        )}
        <h2>Rows that differ</h2>
        ${changed.rows === 0 ? markup`<p>None.</p>` : [reportTable(strataTable(comparison, SHOWN_STRATA)), changedSection(comparison)]}
        <h2>How it was computed</h2>
        <ul>
          ${methodsText(comparison).map((line) => markup`<li>${line}</li>`)}
        </ul>
        <p class="note">Written by GET-Tok ${softwareVersion()}.</p>
      </body>
    </html> `;
  return page.text;
}
