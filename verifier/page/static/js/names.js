// Whether a typed name is the one that a certificate prints: verifier/names.py, step by step. Both read the same examples.

const MAX_CHARACTERS = 200;
const LEAST_COMMON_WORDS = 2;
const ALL = ["case", "accents", "marks", "spaces", "order"];
const SCRIPTS = ["Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Devanagari", "Bengali", "Georgian"].map(
  (script) => [script, new RegExp(`\\p{Script=${script}}`, "u")],
);
const LETTER = /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}]/u;
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const APOSTROPHES = /['`.\u00b4\u02b9\u02bb\u02bc\u02bd\u05f3\u2018\u2019\u201a\u201b\u2032\uff07]/g;
const HYPHENS = /[-_\u2010-\u2015\u2212\u05be]/g;
// Of the scripts of India, marks are vowels.
const MARK = /(?![\u0900-\u0dff])\p{Mn}/gu;
const PLAIN = new Map(Object.entries({
  ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i", ħ: "h", ŧ: "t", ŋ: "n",
  Ø: "O", Ł: "L", Đ: "D", Ð: "D", Þ: "Th", Æ: "Ae", Œ: "Oe", Ħ: "H", Ŧ: "T", Ŋ: "N", ẞ: "SS",
}));
const DIGRAPHS = new Map(Object.entries({
  ä: "ae", ö: "oe", ü: "ue", å: "aa", ø: "oe", Ä: "Ae", Ö: "Oe", Ü: "Ue", Å: "Aa", Ø: "Oe",
}));
const PARTICLES = new Set(
  ("d de di da del della dello dei degli delle dal dalla l la le lo li o mc mac " +
    "van von der den dos das do du el al abd bin ben").split(" "),
);

/**
 * @param {string} typed
 * @param {string} printed
 * @returns {{outcome: "same"|"same_but"|"different"|"not_comparable", overlooked: string[]}}
 */
export function compareNames(typed, printed) {
  const [one, other] = [clean(typed), clean(printed)];
  if (!comparable(one, other)) return { outcome: "not_comparable", overlooked: [] };
  if (one === other) return { outcome: "same", overlooked: [] };
  if (equal(one, other, new Set(ALL))) return { outcome: "same_but", overlooked: needed(one, other) };
  if (further(one, other)) return { outcome: "same_but", overlooked: ["further_names"] };
  return { outcome: "different", overlooked: [] };
}

const clean = (text) => text.replace(INVISIBLE, "").normalize("NFKC").trim();

function comparable(one, other) {
  const theirs = scripts(other);
  return [...scripts(one)].some((script) => theirs.has(script)) && [...one].length <= MAX_CHARACTERS;
}

function scripts(text) {
  const letters = [...text.normalize("NFKD")].filter((letter) => LETTER.test(letter));
  return new Set(letters.map((letter) => SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0] ?? ""));
}

function needed(one, other) {
  const left = new Set(ALL);
  for (const what of [...ALL].sort()) {
    left.delete(what);
    if (!equal(one, other, left)) left.add(what);
  }
  return ALL.filter((what) => left.has(what));
}

function equal(one, other, overlook) {
  const theirs = new Set(keys(other, overlook));
  return keys(one, overlook).some((key) => theirs.has(key));
}

function keys(text, overlook) {
  return spellings(text, overlook).flatMap((spelled) => {
    const whole = overlook.has("spaces") ? split(spelled).join("") : spelled;
    if (!overlook.has("order")) return [whole];
    const parts = overlook.has("spaces") ? words(spelled) : spelled.split(" ");
    return [whole, parts.sort().join("\n")];
  });
}

function spellings(text, overlook) {
  const cased = overlook.has("case") ? foldCase(text).normalize("NFC") : text;
  const accents = overlook.has("accents") ? [swap(cased, DIGRAPHS), cased].map(withoutAccents) : [cased];
  if (!overlook.has("marks")) return accents;
  return accents.flatMap((folded) =>
    [" ", ""].map((hyphen) => folded.replace(HYPHENS, hyphen).replace(APOSTROPHES, "")),
  );
}

// Unicode's case folding letter by letter, which leaves the dotless i alone.
const foldCase = (text) =>
  [...text]
    .map((letter) => (letter === "ı" ? letter : letter.toLowerCase().toUpperCase().toLowerCase()))
    .join("")
    .replaceAll("ς", "σ");

const swap = (text, letters) => [...text].map((letter) => letters.get(letter) ?? letter).join("");

const withoutAccents = (text) => swap(text, PLAIN).normalize("NFKD").replace(MARK, "").normalize("NFC");

const split = (text) => text.split(/\s+/u).filter((word) => word);

function words(text) {
  const found = [];
  let particles = "";
  for (const word of split(text)) {
    if (PARTICLES.has(foldCase(word))) {
      particles += word;
      continue;
    }
    found.push(particles + word);
    particles = "";
  }
  return particles ? [...found, particles] : found;
}

function further(one, other) {
  const theirs = spellings(other, new Set(ALL)).map(words);
  return spellings(one, new Set(ALL)).some((spelled) => theirs.some((others) => within(words(spelled), others)));
}

/** Whether one of two lists has all the words of the other, at least two. */
function within(one, other) {
  const [few, many] = one.length <= other.length ? [one, [...other]] : [other, [...one]];
  if (few.length < LEAST_COMMON_WORDS) return false;
  return few.every((word) => {
    const place = many.indexOf(word);
    if (place >= 0) many.splice(place, 1);
    return place >= 0;
  });
}
