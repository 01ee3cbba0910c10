/**
 * A spreadsheet runs a cell that begins so as a formula; with an apostrophe before it, it is text. One that has apostrophes there
 * already gets another, so that what it was can be told.
 */
export const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** Text that a spreadsheet would run as a formula with an apostrophe before it, other text as it is. */
export const spreadsheetText = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The text as it was before `spreadsheetText`. */
export const fromSpreadsheet = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
