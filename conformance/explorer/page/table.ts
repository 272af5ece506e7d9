// The answers side by side: calls as rows, and platforms as columns. Platforms with the same answers to each call are one column.

import * as details from "./details";
import { at, breakable, make, told } from "./elements";
import * as grid from "./grid";
import { type Allowed, type Answers, type Call, isPlatform } from "./model";
import { shade, shades } from "./shades";

const place = at("table");
/** Of calls that race. */
export const IN_ORDER = "These are the answers where the calls are made in the order in which they stand. The race can end otherwise: every outcome stands below the table.";
/** More calls than these nobody reads. */
const MOST_ROWS = 500;

/** What a cell says, without why. */
const said = cached((call) => JSON.stringify([call.allowed.map(({ outcome }) => outcome), kindOf(call)]));
/** Its text alone: a deviation that shows in no text is no other answer. */
const text = cached((call) => call.allowed.map(({ outcome }) => outcome).join("\n"));
const departs = ({ justifications }: Allowed) => justifications.some(({ deviation }) => deviation);

/** The same answer is one object wherever it is given. */
function cached(tell: (call: Call) => string): (call: Call) => string {
  const told = new WeakMap<Call, string>();
  return (call) => {
    if (!told.has(call)) told.set(call, tell(call));
    return told.get(call)!;
  };
}

/** How a cell is marked. */
function kindOf({ allowed: [first, ...others], unknown }: Call): string {
  if (unknown) return "unknown";
  if (departs(first)) return "differs";
  if (others.some(departs)) return "may-differ";
  return first.outcome === "not executed" ? "absent" : "";
}

/** Platforms with the same answers, those that are many first, but POSIX before all. */
export function columns(answers: Answers[]): Answers[][] {
  const groups = new Map<string, Answers[]>();
  for (const one of answers) {
    const key = [isPlatform(one.profile), ...one.calls.map(said)].join();
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const isStandard = (group: Answers[]) => !group.every(({ profile }) => isPlatform(profile));
  return [...groups.values()].sort((a, b) => Number(isStandard(b)) - Number(isStandard(a)) || b.length - a.length);
}

export function show(answers: Answers[]) {
  const groups = columns(answers);
  const lines = answers[0]?.calls ?? [];
  const names = (group: Answers[]) => group.map(({ profile }, at) => [at > 0 ? " " : "", make("span", { className: "name" }, profile)]).flat();
  const head = make("tr", {}, scoped("col", "Call"), groups.map((group) => scoped("col", ...names(group))));
  const rows = lines.slice(0, MOST_ROWS).map((call, number) => row(call, number, groups));
  const caption = make("caption", { className: "hidden" }, "What comes back of each call on each platform. The arrow keys move between answers, and Enter opens one.");
  const table = make("table", {}, caption, make("thead", {}, head), make("tbody", {}, rows));
  table.style.setProperty("--columns", String(groups.length));
  // Other columns begin at the first one again.
  const shown = groups.map((group) => group.map(({ profile }) => profile).join()).join("\n");
  if (place.dataset.columns !== shown) place.scrollLeft = 0;
  place.dataset.columns = shown;
  place.replaceChildren(table);
  if (lines.length > MOST_ROWS) place.append(make("p", { className: "more" }, `The first ${MOST_ROWS} of ${lines.length} calls are shown.`));
  grid.begin(place);
}

export function clear() {
  place.replaceChildren();
  outdate(false);
}

/** Are the answers those to the script as it was? */
export function outdate(is: boolean) {
  at("answers").classList.toggle("outdated", is);
  at("outdated").hidden = !is;
  place.ariaLabel = is ? "Out of date: what each platform answered" : "What each platform answers";
}

function row(call: Call, number: number, groups: Answers[][]): HTMLElement {
  const shades = shadesOf(groups, number);
  const line = make("code", {}, breakable(call.line));
  const race = call.race === undefined ? null : make("small", { className: "order" }, "in this order; others below");
  const head = scoped("row", make("span", { className: "number" }, String(number + 1)), make("span", {}, line, race));
  return make("tr", { className: call.race === undefined ? "" : "race" }, head, groups.map((group) => cell(group, number, shades)));
}

/** Is it an answer of a platform, to be told apart from those of others? */
const counts = ([{ profile, calls }]: Answers[], number: number) => isPlatform(profile) && !["unknown", "absent"].includes(kindOf(calls[number]));

function shadesOf(groups: Answers[][], number: number): Map<string, number> {
  const given = new Map<string, number>();
  for (const group of groups.filter((group) => counts(group, number))) {
    const key = text(group[0].calls[number]);
    given.set(key, (given.get(key) ?? 0) + group.length);
  }
  return shades(given);
}

function cell(group: Answers[], number: number, shades: Map<string, number>): HTMLElement {
  const call = group[0].calls[number];
  const [first, ...others] = call.allowed.map(({ outcome }) => told(outcome));
  const kind = kindOf(call);
  const says = { unknown: isPlatform(group[0].profile) ? "not known here; POSIX allows" : "left open, for example", differs: "known deviation:", "may-differ": "a known deviation at times:" }[kind] ?? "";
  const more = others.length > 2 ? `or ${others.slice(0, 2).join(", ")} and ${others.length - 2} more` : others.length > 0 ? `or ${others.join(", ")}` : "";
  const button = make("button", { type: "button", tabIndex: -1 }, make("span", { className: "mark" }), make("span", {}, says && make("span", { className: kind === "unknown" ? "small" : "hidden" }, `${says} `), make("span", { className: "first" }, first), more && make("span", { className: "small" }, ` ${more}`)));
  button.addEventListener("click", () => open(group, number));
  const made = make("td", { className: kind }, button);
  shade(made, kind === "unknown" ? undefined : kind === "absent" ? 0 : shades.get(text(call)));
  return made;
}

function scoped(scope: string, ...content: (Node | string | null)[]): HTMLElement {
  return make("th", { scope }, content);
}

/** Platforms that give the same reasons are told of together. */
function open(group: Answers[], number: number) {
  const call = group[0].calls[number];
  const together = new Map<string, Answers[]>();
  for (const one of group) {
    const key = JSON.stringify(one.calls[number]);
    together.set(key, [...(together.get(key) ?? []), one]);
  }
  const word = (at: number) => (call.allowed.length === 1 ? "" : at === 0 ? " – assumed by the calls that follow" : " – also possible");
  const content = [...together.values()].map((members) =>
    make("section", {}, make("h3", {}, members.map(({ profile }) => profile).join(", ")), call.unknown ? make("p", {}, isPlatform(members[0].profile) ? "Nothing is known of this here; POSIX leaves it open." : "POSIX leaves this open.") : null, details.outcomes(members[0].calls[number].allowed, word)),
  );
  const race = call.race === undefined ? [] : [make("p", {}, IN_ORDER)];
  details.open(call.line, `Call ${number + 1}`, [...race, ...content]);
}

grid.listen(place);
