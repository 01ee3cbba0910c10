import { scaleBand, scaleLinear } from 'd3-scale';
import type { Distribution } from '../../datasets/compare/distribution.ts';
import { formatCount } from '../terminal/format-number.ts';
import { truncate } from '../terminal/render-table.ts';
import { type Content, markup, type Markup } from './markup.ts';

const WIDTH = 560;
const ROW_HEIGHT = 30;
const AXIS = 26;
const TOP = 8;
/** Pixels of an average letter at the size of the plots' text. */
const LETTER = 7;
const LONGEST_NAME = 24;

export interface PointRow {
  readonly name: string;
  /** Between 0 and 1, or -1 and 1; null where there is none. `mark` is a class of the style sheet. */
  readonly points: readonly { readonly value: number | null; readonly mark: string; readonly title: string }[];
  readonly interval?: readonly [number, number];
}

/** A row a name, points on a common scale; the interval as a line. Everything drawn has its value as a tooltip. */
export function pointPlot(rows: readonly PointRow[], label: string): Markup {
  const values = rows.flatMap(({ points, interval = [] }) => [...points.map(({ value }) => value ?? 0), ...interval]);
  const left = Math.min(LONGEST_NAME, Math.max(...rows.map(({ name }) => name.length))) * LETTER + 16;
  const height = TOP + rows.length * ROW_HEIGHT + AXIS;
  const x = scaleLinear()
    .domain([Math.min(0, ...values), Math.max(...values, 0.1)])
    .nice()
    .range([left, WIDTH - 16]);
  const y = scaleBand()
    .domain(rows.map((_, index) => String(index)))
    .range([TOP, height - AXIS]);
  const drawn = rows.map(({ name, points, interval }, index) => {
    const middle = y(String(index))! + y.bandwidth() / 2;
    return markup`<line class="row" x1="${left}" x2="${WIDTH - 16}" y1="${middle}" y2="${middle}" />
      <text class="name" x="${left - 10}" y="${middle}" dy="0.35em">${truncate(name, LONGEST_NAME)}</text>
      ${
        interval &&
        markup`<line
          class="interval"
          x1="${at(x(interval[0]))}"
          x2="${at(x(interval[1]))}"
          y1="${middle}"
          y2="${middle}"
        />`
      }
      ${points.map(({ value, mark, title }) => value !== null && pointAt(mark, x(value), middle, title))}`;
  });
  return figure(markup`${ticks(x, TOP, height - AXIS)}${drawn}`, height, label);
}

/** Different forms, so that they can be told apart without colours, and where they lie on each other. */
function pointAt(mark: string, x: number, y: number, title: string): Markup {
  const shown = markup`<title>${title}</title>`;
  if (mark === 'second')
    return markup`<rect class="second" x="${at(x - 4.5)}" y="${at(y - 4.5)}" width="9" height="9">${shown}</rect>`;
  if (mark === 'third') return markup`<path class="third" d="M${at(x)} ${at(y - 6)}l6 6l-6 6l-6 -6z">${shown}</path>`;
  return markup`<circle class="first" cx="${at(x)}" cy="${at(y)}" r="5.5">${shown}</circle>`;
}

/** One distribution as bars, or two of the same bins as bars and a line. */
export function histogram(
  of: Distribution,
  label: string,
  show: (value: number) => string,
  other?: Distribution,
): Markup {
  const height = 180;
  const left = 56;
  const bins = [...of.bins, ...(other?.bins ?? [])];
  const low = Math.min(...bins.map(({ from }) => from));
  const high = Math.max(...bins.map(({ to }) => to));
  const most = Math.max(...bins.map(({ rows }) => rows));
  const x = scaleLinear()
    .domain(low === high ? [low - 0.5, high + 0.5] : [low, high])
    .range([left, WIDTH - 16]);
  const y = scaleLinear()
    .domain([0, most])
    .nice(4)
    .range([height - AXIS, TOP]);
  const grid = y.ticks(4).map(
    (tick) =>
      markup`<line class="grid" x1="${left}" x2="${WIDTH - 16}" y1="${at(y(tick))}" y2="${at(y(tick))}" />
          <text class="name" x="${left - 8}" y="${at(y(tick))}" dy="0.35em">${formatCount(tick)}</text>`,
  );
  const bars = of.bins.map(({ from, to, rows }) => {
    const [start, end] = from === to ? [x(from) - 12, x(from) + 12] : [x(from) + 0.5, x(to) - 0.5];
    return markup`<rect
      class="bar"
      x="${at(start)}"
      y="${at(y(rows))}"
      width="${at(Math.max(0.5, end - start))}"
      height="${at(y(0) - y(rows))}"
      ><title>${show(from)} to ${show(to)}: ${formatCount(rows)}</title></rect
    >`;
  });
  const steps = other?.bins.map(
    ({ from, to, rows }, index) =>
      `${index === 0 ? 'M' : 'L'}${at(x(from))} ${at(y(rows))}L${at(x(to))} ${at(y(rows))}`,
  );
  const line = steps && markup`<path class="outline" d="${steps.join('')}" />`;
  return figure(markup`${grid}${bars}${line}${ticks(x, height - AXIS, height - AXIS, show)}`, height, label);
}

const at = (position: number): string => position.toFixed(1);

function ticks(
  x: { (value: number): number; ticks(count: number): number[]; tickFormat(count: number): (value: number) => string },
  from: number,
  to: number,
  show?: (value: number) => string,
): Markup[] {
  const format = show ?? x.tickFormat(6);
  return x.ticks(6).map(
    (tick) =>
      markup`<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${from}" y2="${to + 4}" />
          <text class="tick" x="${at(x(tick))}" y="${to + 18}">${format(tick)}</text>`,
  );
}

const figure = (content: Content, height: number, label: string): Markup =>
  markup`<div class="plot"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${content}</svg></div>`;
