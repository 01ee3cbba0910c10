import type { ComparedPair, Comparison } from '../../datasets/compare/comparison.ts';
import { marginsOf } from '../../datasets/compare/confusion-matrix.ts';
import { formatCount } from '../terminal/format-number.ts';
import { markup, type Markup } from './markup.ts';
import { percent } from './statistic-text.ts';

/** A page of more can't be read; all of them are in the JSON form. */
const MOST_LABELS = 20;

/** The transition matrix as a heat map: each row's shares as the depth of the colour. */
export function matrixSection({ sides }: Comparison, pair: ComparedPair): Markup {
  const { matrix } = pair.labels!;
  const { first, second } = marginsOf(matrix);
  const places = matrix.labels
    .map((_, place) => place)
    .toSorted((a, b) => first[b]! + second[b]! - first[a]! - second[a]!)
    .slice(0, MOST_LABELS)
    .toSorted((a, b) => a - b);
  const name = (place: number) => matrix.labels[place]!;
  const cell = (from: number, to: number) => {
    const count = matrix.counts[from]![to]!;
    const all = first[from]!;
    const share = all === 0 ? 0 : count / all;
    const same = from === to && markup` class="same"`;
    return markup`<td${same} style="--share: ${share.toFixed(3)}">${formatCount(count)}${first[from]! > 0 && markup`<small>${percent(share)}</small>`}</td>`;
  };
  const left = matrix.labels.length - places.length;
  return markup`<h3>From ${sides[pair.first]!.name} (rows) to ${sides[pair.second]!.name} (columns)</h3>
    <div class="scroll">
      <table class="matrix">
        <thead>
          <tr>
            <td></td>
            ${places.map((place) => markup`<th scope="col">${name(place)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${places.map(
            (from) =>
              markup`<tr>
                <th scope="row">${name(from)}</th>
                ${places.map((to) => cell(from, to))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">Shares are those of a row${left > 0 && `; ${left} rarer labels are not shown`}.</p>`;
}
