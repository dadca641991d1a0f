// The table of a batch: sorted by any column, filtered, a page of rows at a time.

import { unparted } from "./day.js";

const PAGE_ROWS = 100;
const SORTED_BY = {
  source: (row) => [row.at],
  bidder: (row) => [row.bidder, row.at],
  number: (row) => [row.number, row.at],
  profile_title: (row) => [row.profile_title, row.body_name, row.at],
  title: (row) => [row.title, row.at],
  attention: (row) => [-row.reasons.length, row.at],
};

export class Table {
  #element;
  #words;
  #sort = { column: "source", down: false };
  #attention = false;
  #page = 0;
  #rows = [];
  #collator;

  /** Take over the element: its headings become buttons. ``words`` gives the page's own texts. */
  constructor(element, words) {
    this.#element = element;
    this.#words = words;
    this.#collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    for (const heading of element.querySelectorAll("[data-sort]")) this.#makeButton(heading);
    element.querySelector("[data-filter]").addEventListener("change", (event) => {
      this.#attention = event.target.checked;
      this.#turnTo(0);
    });
    for (const button of element.querySelectorAll("[data-turn]")) {
      button.addEventListener("click", () => this.#turnTo(this.#page + Number(button.dataset.turn)));
    }
  }

  show(rows) {
    this.#rows = rows;
    this.#draw();
  }

  #makeButton(heading) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const { column, down } = this.#sort;
      this.#sort = { column: heading.dataset.sort, down: column === heading.dataset.sort && !down };
      this.#turnTo(0);
    });
  }

  #turnTo(page) {
    this.#page = page;
    this.#draw();
  }

  #draw() {
    const found = this.#sorted(this.#rows.filter((row) => !this.#attention || row.reasons.length));
    const pages = Math.max(Math.ceil(found.length / PAGE_ROWS), 1);
    this.#page = Math.min(Math.max(this.#page, 0), pages - 1);
    const first = this.#page * PAGE_ROWS;
    const shown = found.slice(first, first + PAGE_ROWS);
    this.#element.querySelector("tbody").replaceChildren(...shown.map((row) => drawRow(row, this.#words)));
    for (const heading of this.#element.querySelectorAll("[data-sort]")) {
      const sorted = heading.dataset.sort === this.#sort.column;
      if (sorted) heading.setAttribute("aria-sort", this.#sort.down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
    this.#element.querySelector("[data-turning]").hidden = pages === 1;
    this.#element.querySelector('[data-turn="-1"]').disabled = this.#page === 0;
    this.#element.querySelector('[data-turn="1"]').disabled = this.#page === pages - 1;
    this.#element.querySelector("[data-shown]").textContent = this.#words("shown", {
      first: shown.length ? first + 1 : 0,
      last: first + shown.length,
      all: found.length,
    });
  }

  #sorted(rows) {
    const keys = new Map(rows.map((row) => [row, SORTED_BY[this.#sort.column](row)]));
    const sorted = [...rows].sort((a, b) => this.#compare(keys.get(a), keys.get(b)));
    return this.#sort.down ? sorted.reverse() : sorted;
  }

  #compare(a, b) {
    for (const [place, one] of a.entries()) {
      const order = typeof one === "number" ? one - b[place] : this.#collator.compare(one, b[place]);
      if (order) return order;
    }
    return 0;
  }
}

function drawRow(row, words) {
  const drawn = document.querySelector("#row").content.cloneNode(true);
  const put = (name, text) => {
    const place = drawn.querySelector(`[data-cell="${name}"]`);
    place.textContent = text;
    place.hidden = !text;
    return place;
  };
  for (const name of ["source", "bidder", "number", "person", "body_name"]) {
    put(name, row[name]);
  }
  put("profile_title", row.profile_title).lang = languageOf(row);
  put("title", unparted(row.title));
  put("text", unparted(row.text));
  put("page", row.page === null ? "" : words("page", { page: row.page }));
  put("line", row.line === null ? "" : words("line", { line: row.line }));
  put("differing", row.differing.map((name) => words(`field-${name}`)).join(", "));
  const answer = drawn.querySelector(".answer");
  answer.classList.add(row.tone);
  answer.prepend(document.querySelector(`template[data-icon="${row.tone}"]`).content.cloneNode(true));
  const reasons = drawn.querySelector("[data-reasons]");
  reasons.replaceChildren(...row.reasons.map((reason) => item(words(`reason-${reason}`))));
  reasons.hidden = !row.reasons.length;
  drawn.querySelector("[data-none]").hidden = Boolean(row.reasons.length);
  return drawn;
}

/** In which language a row's profile is named; rows that were kept by an older page do not say it. */
const languageOf = (row) => row.profile_language || document.documentElement.lang;

function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}

/** The counts of each bidder, as rows of a table; ``titled`` are rows that name profiles, by slug. */
export function drawBidders(element, bidders, titled, words) {
  const headings = [...element.querySelectorAll("thead th")].slice(1).map((heading) => heading.textContent);
  element.querySelector("tbody").replaceChildren(
    ...bidders.map((bidder) => {
      const drawn = document.createElement("tr");
      const name = cell("th", bidder.name || words("no-bidder"));
      name.scope = "row";
      const counts = [bidder.lines, bidder.people, "–", bidder.to_be_judged, bidder.attention];
      drawn.append(name, ...counts.map((count, place) => cell("td", count, headings[place])));
      const profiles = Object.entries(bidder.profiles).map(([slug, count], place) => {
        return [place ? "\n" : "", title(titled.get(slug)), `${words("colon")} ${count}`];
      });
      if (profiles.length) drawn.children[3].replaceChildren(...profiles.flat());
      return drawn;
    }),
  );
  element.querySelector("[data-untold]").hidden = bidders.every((bidder) => !bidder.untold);
}

function title(row) {
  const element = document.createElement("span");
  element.textContent = row.profile_title;
  element.lang = languageOf(row);
  return element;
}

function cell(kind, text, heading = null) {
  const element = document.createElement(kind);
  element.textContent = text;
  if (heading !== null) element.dataset.heading = heading;
  return element;
}
