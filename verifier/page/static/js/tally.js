// What the lines of a batch come to together: people counted once, and what is there twice. As tally.py has it.

const COUNTS = new Set(["met", "met_so_far"]);

/** The lines in their order, those flagged that name again what another line names. */
export function flag(rows) {
  const people = peopleOf(rows);
  const bidders = new Map();
  const lines = new Map();
  for (const row of rows) {
    if (!row.number) continue;
    const named = grouped(bidders, people.get(row.number), () => new Set());
    if (row.bidder) named.add(row.bidder);
    const again = JSON.stringify([row.bidder, row.number]);
    lines.set(again, (lines.get(again) ?? 0) + 1);
  }
  return rows.map((row) => {
    if (!row.number) return row;
    const reasons = [...row.reasons];
    if (bidders.get(people.get(row.number)).size > 1) reasons.push("two_bidders");
    if (lines.get(JSON.stringify([row.bidder, row.number])) > 1) reasons.push("twice");
    return { ...row, reasons };
  });
}

/** Every bidder's count, in the order in which they are named; of flagged lines. */
export function tally(rows) {
  const people = peopleOf(rows);
  const byBidder = new Map();
  for (const row of rows) grouped(byBidder, row.bidder, () => []).push(row);
  return [...byBidder].map(([name, ofBidder]) => count(name, ofBidder, people));
}

function count(name, rows, people) {
  const meeting = rows.filter((row) => COUNTS.has(row.requirement));
  const profiles = new Map();
  for (const row of meeting) grouped(profiles, row.profile, () => new Set()).add(people.get(row.number));
  const counted = new Set(meeting.map((row) => people.get(row.number)));
  const numbers = new Set(meeting.map((row) => row.number));
  return {
    name,
    lines: rows.length,
    people: counted.size,
    profiles: Object.fromEntries([...profiles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([slug, ids]) => [slug, ids.size])),
    untold: [...counted].filter((id) => numbers.has(id)).length,
    to_be_judged: rows.filter((row) => row.requirement === "to_be_judged").length,
    attention: rows.filter((row) => row.reasons.length).length,
  };
}

// Who holds each number: the holder that a code names, else the number itself.
function peopleOf(rows) {
  const people = new Map(rows.map((row) => [row.number, row.number]));
  for (const row of rows) if (row.holder) people.set(row.number, row.holder);
  return people;
}

function grouped(map, key, begin) {
  if (!map.has(key)) map.set(key, begin());
  return map.get(key);
}
