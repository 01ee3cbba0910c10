const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** What no HTML document may hold, and what would turn the direction of the text around it. */
const UNSAFE = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\p{Noncharacter_Code_Point}]/gu;

/** HTML that was made by `markup`: everything else is text and gets escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | false | null | undefined | readonly Content[];

/** HTML of a template whose values are escaped, unless they are such HTML themselves; lists are put one after the other. */
export const markup = (strings: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(strings.map((part, index) => part + written(values[index])).join(''));

function written(value: Content): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(written).join('');
  return escapeHtml(String(value));
}

/** Text that can stand in an element or an attribute; what could make it look like another is a box. */
export const escapeHtml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(UNSAFE, '▯')
    .replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark]!);
