// The page: what is typed or chosen is asked of the model, and what it answers is shown.

import { Stopped, ask } from "./ask";
import * as choices from "./choices";
import * as editor from "./editor";
import { at, coded, make, several } from "./elements";
import * as link from "./link";
import { type Example, isPlatform } from "./model";
import * as race from "./race";
import * as rules from "./rules";
import { watch } from "./scroll";
import * as table from "./table";

const examples = at<HTMLSelectElement>("example");
const said = at("said");
/** A link with a longer script is cut off by programs that pass it on. */
const MOST_IN_LINK = 8000;
let known: Example[] = [];
let asked = 0;

/** Is an answer awaited? */
const wait = (is: boolean) => at("table").setAttribute("aria-busy", String(is));

/** Answers within the time that a page may take, unless all calls are asked for. */
async function answer(all = false) {
  const mine = ++asked;
  wait(true);
  const began = performance.now();
  const platforms = choices.chosen(true);
  const chosen = JSON.stringify({ platforms, user: choices.by(), within: all ? null : Number(document.body.dataset.within) });
  keep();
  try {
    const answered = await ask("answer", editor.script(), chosen);
    if (mine !== asked) return;
    if ("mistake" in answered) {
      editor.show(answered.mistake, () => answer());
      at("answer-all").hidden = true;
      const isShown = at("table").childElementCount > 0;
      table.outdate(isShown);
      race.outdate(isShown);
      said.textContent = isShown ? "These are the answers to the script as it was before." : "";
      wait(false);
      return;
    }
    editor.show(null);
    const { script, races, distinct, platforms, stopped } = answered.table;
    const given = platforms.filter((one) => "Ok" in one).map(({ Ok: [profile, calls] }) => ({ script, profile, calls: calls.map((call) => distinct[call]) }));
    const refused = platforms.filter((one) => "Err" in one).map(({ Err }) => Err);
    if (given.length > 0) table.show(given);
    else table.clear();
    table.outdate(false);
    at("answer-all").hidden = stopped === null;
    at("key").hidden = given.length === 0;
    const platformsGiven = given.filter(({ profile }) => isPlatform(profile));
    const groups = table.columns(platformsGiven).length;
    const count = several(platformsGiven.length, "platform", "platforms");
    const summary = groups === 0 ? "POSIX alone" : groups === 1 ? `The same on ${count}` : `${count}, ${groups} different sets of answers`;
    const stop = stopped ? `Stopped after ${document.body.dataset.within} ms, at call ${stopped[0]} of ${stopped[1]}.` : "";
    const inOrder = races && given.length > 0 ? table.IN_ORDER : "";
    const none = refused.length > 0 ? "" : "No platform is chosen.";
    said.textContent = [stop, given.length > 0 ? `${summary}.` : none, inOrder].filter(Boolean).join(" ");
    at("refused").replaceChildren(...refused.flatMap((why) => ["Left out: ", ...coded(why), ". "]));
    // For whoever drives the page: what it shows, and how long that took, in milliseconds.
    Object.assign(window, { answers: given });
    Object.assign(document.body.dataset, { answered: String(mine), took: (performance.now() - began).toFixed(1) });
    wait(false);
    race.show(races ? given.map(({ profile }) => profile) : [], editor.script());
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (mine !== asked) return;
    table.clear();
    at("key").hidden = true;
    at("answer-all").hidden = true;
    race.show([], "");
    at("refused").replaceChildren();
    said.textContent = error.message;
    wait(false);
  }
}

/** The address holds what was asked. */
function keep() {
  const platforms = choices.isWhole() ? null : choices.chosen(false);
  const fits = editor.script().length <= MOST_IN_LINK;
  at<HTMLButtonElement>("copy-link").disabled = !fits;
  history.replaceState(null, "", fits ? link.write({ script: editor.script(), user: choices.by(), pages: choices.pagesOf(), platforms }) : "#");
}

function restore() {
  const { script, user, pages, platforms } = link.read(location.hash);
  choices.take(platforms, user, pages);
  // On a phone they would push the answers out of sight.
  if (platforms !== null && matchMedia("(min-width: 40rem)").matches) at<HTMLDetailsElement>("choices").open = true;
  editor.write(script || known[0].text);
  choose();
  return answer();
}

/** The list of examples says which one the script is. */
function choose() {
  examples.value = String(known.findIndex(({ text }) => text === editor.script()));
  if (examples.selectedIndex < 0) examples.value = "";
}

function lay() {
  const option = (example: Example) => make("option", { value: String(known.indexOf(example)) }, example.title);
  const group = (label: string, of: Example[]) => make("optgroup", { label }, of.map(option));
  const cases = known.filter(({ is_case }) => is_case);
  const areas = [...new Set(cases.map(({ title }) => title.split("/")[0]))];
  examples.append(group("Questions", known.filter(({ is_case }) => !is_case)));
  examples.append(...areas.map((area) => group(`Cases: ${area}`, cases.filter(({ title }) => title.startsWith(`${area}/`)))));
  examples.addEventListener("change", () => {
    editor.write(known[Number(examples.value)]?.text ?? "");
    answer();
  });
}

async function begin() {
  const [platforms, all] = await Promise.all([ask("platforms"), ask("examples")]);
  known = all;
  lay();
  choices.lay(platforms, () => answer());
  let typed = 0;
  editor.listen(() => {
    choose();
    wait(true);
    // What is being answered is out of date.
    asked += 1;
    clearTimeout(typed);
    typed = setTimeout(() => answer(), 120);
  });
  at("copy-link").addEventListener("click", () => {
    const done = (word: string) => (at("copy-link").textContent = word);
    navigator.clipboard.writeText(location.href).then(() => done("Copied"), () => done("Copy the address"));
    setTimeout(done, 2000, "Copy link");
  });
  at("answer-all").addEventListener("click", () => answer(true));
  // A link of the page itself, as that to the answers, asks for nothing.
  addEventListener("hashchange", () => link.asks(location.hash) && restore());
  document.querySelector(".skip-link")!.addEventListener("click", (event) => {
    event.preventDefault();
    at("answers").scrollIntoView();
    at("answers").focus({ preventScroll: true });
  });
  for (const place of document.querySelectorAll<HTMLElement>(".matrix")) watch(place);
  await restore();
  rules.lay(platforms, await ask("rules"));
}

begin();
