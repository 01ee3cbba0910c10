import type { ReportTable } from './comparison-tables.ts';
import { markup, type Markup } from './markup.ts';

/** A table that scrolls by itself where the page is too narrow for it. */
export function reportTable({ head, rows, words = [] }: ReportTable): Markup {
  const isWords = (index: number) => index === 0 || words.includes(index);
  const titles = head.map(
    (title, index) => markup`<th scope="col" ${isWords(index) && markup` class="words"`}>${title}</th>`,
  );
  const lines = rows.map(
    ([name, ...cells]) =>
      markup`<tr>
        <th scope="row">${name}</th>
        ${cells.map((cell, index) => markup`<td${isWords(index + 1) && markup` class="words"`}>${cell}</td>`)}
      </tr>`,
  );
  return markup`<div class="scroll">
    <table>
      ${
        head.some((title) => title !== '') &&
        markup`<thead>
          <tr>
            ${titles}
          </tr>
        </thead>`
      }
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}
