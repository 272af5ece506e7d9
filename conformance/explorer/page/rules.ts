// The rules of the platforms side by side, to be searched.

import * as details from "./details";
import { at, breakable, make, several } from "./elements";
import * as grid from "./grid";
import { type About, type Choice, type Row, isPlatform } from "./model";
import { shade, shades } from "./shades";

const text = at<HTMLInputElement>("rules-text");

export function lay(platforms: About[], rows: Row[]) {
  const head = make("tr", {}, make("th", { scope: "col" }, "Rule"), platforms.map(({ id }) => make("th", { scope: "col" }, make("span", { className: "name" }, id))));
  const made = rows.map((row) => make("tr", {}, make("th", { scope: "row" }, make("code", {}, breakable(row.key)), make("small", {}, row.about)), row.platforms.map((_, column) => cell(platforms, row, column))));
  const words = rows.map((row) => JSON.stringify(row).toLowerCase());
  const caption = make("caption", { className: "hidden" }, "What each platform does in each matter. Choose one to see where that is known from.");
  const table = make("table", {}, caption, make("thead", {}, head), make("tbody", {}, made));
  table.style.setProperty("--columns", String(platforms.length));
  at("rules").replaceChildren(table);
  grid.listen(at("rules"));
  const filter = () => {
    const wanted = text.value.toLowerCase().split(/\s+/);
    made.forEach((row, number) => (row.hidden = !wanted.every((word) => words[number].includes(word))));
    grid.begin(at("rules"));
    at("rules-count").textContent = `${made.filter((row) => !row.hidden).length} of ${several(made.length, "rule", "rules")}`;
  };
  text.addEventListener("input", filter);
  at("rules-form").addEventListener("submit", (event) => event.preventDefault());
  filter();
}

function cell(platforms: About[], row: Row, column: number): HTMLElement {
  const { choices, source } = row.platforms[column];
  if (choices.length === 0) return make("td", { className: "absent alone" }, "not known");
  const departs = choices.some(({ deviation }) => deviation);
  const button = make("button", { type: "button", tabIndex: -1 }, make("span", { className: "mark" }), make("span", {}, departs && make("span", { className: "hidden" }, "known deviation: "), said(choices)));
  button.addEventListener("click", () => details.open(row.key, platforms[column].id, [make("p", {}, row.about), ...choices.map(choice), make("p", { className: "level" }, source ? `Known from: ${source}` : "")]));
  const made = make("td", { className: departs ? "differs" : "" }, button);
  shade(made, shadesOf(platforms, row).get(said(choices)));
  return made;
}

const said = (choices: Choice[]) => [...new Set(choices.map(({ text }) => text))].join(" or ");

function shadesOf(about: About[], { platforms }: Row): Map<string, number> {
  const counts = new Map<string, number>();
  const known = platforms.filter(({ choices }, column) => choices.length > 0 && isPlatform(about[column].id));
  for (const { choices } of known) counts.set(said(choices), (counts.get(said(choices)) ?? 0) + 1);
  return shades(counts);
}

function choice({ text, when, deviation, because, instead }: Choice): HTMLElement {
  const name = deviation ? make("p", {}, make("code", { className: "departs" }, deviation)) : null;
  return make("div", { className: "note" }, make("p", {}, make("code", {}, text), when ? make("span", { className: "level" }, ` ${when}`) : null), name, make("p", {}, because), instead ? make("p", {}, make("b", {}, "Instead: "), instead) : null);
}
