// The panel at the side: why something is allowed, and what to do instead.

import { at, make, told } from "./elements";
import type { Allowed, Why } from "./model";

const dialog = at<HTMLDialogElement>("details");
at("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

export function open(title: string, who: string, content: Node[]) {
  at("details-title").textContent = title;
  at("details-who").textContent = who;
  at("details-body").replaceChildren(...content);
  dialog.showModal();
  dialog.scrollTop = 0;
}

/** Outcomes, each with why it is allowed; of some a word says what they are. */
export function outcomes(allowed: Allowed[], word: (at: number) => string): HTMLElement[] {
  return allowed.map(({ outcome, justifications }, number) =>
    make("div", { className: "note" }, make("p", {}, make("code", {}, told(outcome)), make("span", { className: "level" }, word(number))), why(justifications)),
  );
}

/** What departs from POSIX stands apart from what POSIX says. */
function why(all: Why[]): HTMLElement[] {
  const departs = all.filter(({ deviation }) => deviation);
  const list = (some: Why[]) => make("ul", { className: "clauses" }, reasons(some));
  if (departs.length === 0) return [list(all)];
  const rest = all.filter(({ deviation }) => !deviation);
  const title = make("p", { className: "level" }, make("span", { className: "mark differs" }), " departs from POSIX");
  return [title, list(departs), ...(rest.length === 0 ? [] : [make("p", { className: "level" }, "what POSIX and the manuals say about this call"), list(rest)])];
}

export function reasons(why: Why[]): HTMLElement[] {
  const departs = why.filter(({ deviation }) => deviation);
  return [...departs, ...why.filter(({ deviation }) => !deviation)].map((reason) => make("li", {}, because(reason)));
}

function because({ clause, level, deviation, text, instead, versions }: Why): (Node | string)[] {
  const name = deviation ? `${deviation}${versions ? ` (${versions})` : ""}` : clause;
  const said = [make("code", { className: deviation ? "departs" : "" }, name), deviation ? " " : make("span", { className: "level" }, ` (${level}) `), text];
  return instead ? [...said, make("span", { className: "instead" }, make("b", {}, "Instead: "), instead)] : said;
}
