// Days and times as people write them in the page's language.

const language = document.documentElement.lang;
export const locale = language === "en" ? "en-GB" : language;

/**
 * Writes an instant with Intl's options, the day never parted from its month. French writes the first of a month as an
 * ordinal, which Intl does not know.
 */
export function dayFormat(options) {
  const format = new Intl.DateTimeFormat(locale, options);
  const ordinal = (text) => (language === "fr" ? text.replace(/^1 /, "1er ") : text);
  return (at) => ordinal(format.format(at)).replace(/^(\S+) (de )?/, (start) => start.replaceAll(" ", "\u00a0"));
}

/** A text in which no day is parted from its month at the end of a line. */
export const unparted = (text) =>
  text.replace(/(?<!\d)\d{1,2}(?:\.|er)? (?:de )?(?=\p{L}+ (?:de )?\d{4})/gu, (day) => day.replaceAll(" ", "\u00a0"));
