// Every outcome of a race on one platform, with an order of the calls for each.

import { Stopped, ask } from "./ask";
import * as choices from "./choices";
import * as details from "./details";
import { at, make, several, told } from "./elements";
import type { Outcome, Race } from "./model";

const select = at<HTMLSelectElement>("race-platform");
const said = at("race-said");
let script = "";

select.addEventListener("change", look);

/** Shows the outcomes of a script on one of the platforms; without platforms, nothing. */
export function show(platforms: string[], of: string) {
  script = of;
  outdate(false);
  at("race").hidden = platforms.length === 0;
  if (platforms.length === 0) return;
  const before = select.value;
  select.replaceChildren(...platforms.map((value) => make("option", { value }, value)));
  select.value = platforms.includes(before) ? before : (platforms.find((id) => id !== "posix") ?? platforms[0]);
  look();
}

/** Are the outcomes those of the script as it was? */
export function outdate(is: boolean) {
  at("race").classList.toggle("outdated", is);
  at("race-outdated").hidden = !is;
}

async function look() {
  const [of, platform] = [script, select.value];
  said.textContent = "Looking …";
  try {
    const found = await ask("race", of, platform, choices.by());
    if (of !== script || platform !== select.value) return;
    if ("Err" in found) said.textContent = found.Err;
    else list(found.Ok);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (of !== script || platform !== select.value) return;
    at("outcomes").replaceChildren();
    said.textContent = error.message;
  }
}

function list(race: Race) {
  const least = race.bounded === null ? "" : "At least ";
  const alike = race.alike.map((group) => ` ${group[0]} to ${group.at(-1)} are alike: an outcome of one may be that of another.`);
  said.textContent = `${least}${several(race.outcomes.length, "outcome", "outcomes")}.${race.bounded === null ? "" : ` Others may be missing: ${race.bounded}.`}${alike.join("")}`;
  const lines = [...document.querySelectorAll("#table tbody th code")].map((code) => code.textContent!);
  at("outcomes").replaceChildren(...race.outcomes.map((outcome, number) => one(race, outcome, number, lines)));
}

/** The calls in the order in which the outcome comes about; what is not executed comes last. */
function one(race: Race, outcome: Outcome, number: number, lines: string[]): HTMLElement {
  const places = [...outcome.order, ...race.calls.filter((call) => !outcome.order.includes(call))];
  const items = places.filter((call) => race.calls.includes(call)).map((call) => {
    const at = race.calls.indexOf(call);
    const failed = /^(E[A-Z0-9]+|SIG[A-Z]+)$/.test(outcome.answers[at]);
    const why = failed ? make("ul", { className: "allowed clauses" }, details.reasons(outcome.why[at]).slice(0, 1)) : null;
    return make("li", { value: call + 1 }, make("div", {}, lines[call] ?? "", make("span", { className: failed ? "came known" : "came" }, ` → ${told(outcome.answers[at])}`)), why);
  });
  const order = outcome.order.map((call) => call + 1).join(" ");
  return make("section", { className: "outcome" }, make("h3", {}, `Outcome ${number + 1}`), order ? make("p", { className: "level" }, `comes about in the order ${order}`) : null, make("ol", { className: "calls" }, items));
}
