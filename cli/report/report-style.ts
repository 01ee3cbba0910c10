/** The style sheet of a report: light and dark, wide and narrow, printed; no font, picture or script from anywhere. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6675; --line: #d8dde4; --page: #fff; --panel: #f5f7f9;
  --first: #1f6fb2; --second: #c4561a; --third: #2f8052; --heat: 31 111 178; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ef; --soft: #9aa7b5; --line: #36404c; --page: #14191f; --panel: #1c232b;
  --first: #6cb0ea; --second: #f0935a; --third: #6cc795; --heat: 108 176 234; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 64rem; color: var(--ink); background: var(--page);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1.25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
.soft, .note { color: var(--soft); }
.note { font-size: .875rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 0; }
.figures div { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures dd small { display: block; font-size: .8125rem; color: var(--soft); }
.figures dd.words { font-size: 1rem; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .375rem .75rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { font-weight: 600; color: var(--soft); }
th.words, td.words, tbody th { text-align: left; }
tbody th { color: var(--ink); font-weight: 400; white-space: normal; min-width: 7rem; max-width: 18rem; overflow-wrap: anywhere; }
td.words { white-space: normal; min-width: 7rem; max-width: 16rem; overflow-wrap: anywhere; }
.matrix td { background: rgb(var(--heat) / calc(var(--share) * .55)); border: 1px solid var(--page); min-width: 5rem; }
.matrix td.same { font-weight: 700; }
.matrix td small { display: block; opacity: .75; font-weight: 400; }
.matrix thead th { white-space: normal; max-width: 9rem; overflow-wrap: break-word; }
.plot { overflow-x: auto; margin: .5rem 0; }
svg { display: block; width: 100%; min-width: 26rem; max-width: 44rem; height: auto; }
svg text { font-size: 12px; fill: var(--ink); }
svg .name { text-anchor: end; }
svg .tick { text-anchor: middle; fill: var(--soft); }
svg .grid, svg .row { stroke: var(--line); }
svg .row { stroke-dasharray: 1 3; }
svg .interval { stroke: var(--first); stroke-width: 3; opacity: .45; }
svg .first { fill: var(--first); }
svg .second { fill: var(--second); }
svg .third { fill: var(--third); }
svg .bar { fill: var(--first); opacity: .6; }
svg .outline { fill: none; stroke: var(--second); stroke-width: 2; }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .25rem 0; list-style: none; font-size: .875rem; }
.key i { font-style: normal; margin-right: .375rem; }
.key .first { color: var(--first); } .key .second { color: var(--second); } .key .third { color: var(--third); }
details { border-bottom: 1px solid var(--line); }
summary { padding: .5rem 0; cursor: pointer; }
article { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; margin: .5rem 0; }
article h4 { margin: 0 0 .25rem; font: .8125rem ui-monospace, monospace; color: var(--soft); }
article dl { margin: 0; display: grid; grid-template-columns: minmax(6rem, 11rem) 1fr; gap: .125rem 1rem; }
article dt { color: var(--soft); font-size: .875rem; }
article dd { margin: 0; white-space: pre-wrap; }
@media (max-width: 34rem) { th, td { padding: .375rem .5rem; } body { padding: 1rem .75rem 3rem; } article dl { grid-template-columns: 1fr; gap: 0; } article dd { margin-bottom: .375rem; } }
@media print { details:not([open]) > *:not(summary) { display: none; } body { max-width: none; } }
`;
