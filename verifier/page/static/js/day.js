// Days and times as people write them in the page's language.

const language = document.documentElement.lang;
export const locale = language === "en" ? "en-GB" : language;

/** Writes an instant with Intl's options. French writes the first of a month as an ordinal, which Intl does not know. */
export function dayFormat(options) {
  const format = new Intl.DateTimeFormat(locale, options);
  return (at) => (language === "fr" ? format.format(at).replace(/^1 /, "1er ") : format.format(at));
}
