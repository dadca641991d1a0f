// A batch as files: CSV and JSON are made here, the spreadsheet and the evidence pack by the server.

const COLUMNS = [
  "source", "page", "line", "bidder", "number", "person", "title", "text", "requirement", "profile_title", "body_name",
  "edition", "granted_on", "valid_until", "differing", "reasons",
];
// What a spreadsheet would take for a formula (and what it skips before it looks).
const FORMULA = /^[\s]*[=+\-@]|^[\t\r]/;

/** The rows as programs and spreadsheets get them: in words, and without what tells people apart. */
export function plain(rows, words) {
  return rows.map((row) => ({
    ...Object.fromEntries(COLUMNS.map((name) => [name, row[name]])),
    requirement: row.requirement && words(`requirement-${row.requirement}`),
    differing: row.differing.map((name) => words(`field-${name}`)).join(", "),
    reasons: row.reasons.map((reason) => words(`reason-${reason}`)).join("; "),
  }));
}

/** As CSV for a spreadsheet in Italian: UTF-8 with its mark, semicolons, and nothing in it that is a formula. */
export function toCsv(rows, words) {
  const lines = [COLUMNS.map((name) => words(`column-${name}`)), ...plain(rows, words).map((row) => COLUMNS.map((name) => row[name]))];
  return `\ufeff${lines.map((line) => line.map(quoted).join(";")).join("\r\n")}\r\n`;
}

function quoted(value) {
  const text = String(value ?? "");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

export function toJson(rows, asked, made) {
  const told = rows.map(({ token, holder, at, ...row }) => row);
  return JSON.stringify({ v: 1, made_at: made, asked, rows: told }, null, 2);
}

/** Hand the visitor a file. */
export function download(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
