const english = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** The full name in lower case, as whisper-1 answers ("es" gives "spanish"); undefined for what is no ISO 639-1 code. */
export const languageName = (code: string): string | undefined =>
  /^[a-z]{2}$/.test(code) ? english.of(code)?.toLowerCase() : undefined;
