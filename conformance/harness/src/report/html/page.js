// What the page does: it filters rows, moves between cells by the arrow keys, and opens what a cell stands for.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const table = document.querySelector("table");

  // The rows of an area are text until they are looked at, where the table is a large one.
  const areas = [];
  for (const body of table.tBodies) {
    const first = areas.length === 0 ? 0 : areas.at(-1).end;
    const button = body.querySelector(".fold");
    areas.push({ body, button, size: button.querySelector(".size"), first, end: first + Number(body.dataset.rows) });
  }
  const elements = [];
  function lay(area) {
    const text = area.body.querySelector("script");
    if (text) {
      area.body.insertAdjacentHTML("beforeend", text.textContent);
      text.remove();
    }
    if (elements[area.first]) return;
    [...area.body.rows].slice(1).forEach((row, at) => (elements[area.first + at] = row));
    for (const button of area.body.querySelectorAll("td > button")) button.tabIndex = -1;
  }
  const meanings = {
    pass: "Everything that was seen is what the standard says.",
    deviation: "Everything that was seen is what the platform is known to do, though the standard says otherwise.",
    fail: "Something was seen that is not allowed.",
    inconclusive: "It could not be decided.",
    skip: "The subject or the system cannot do what the script needs.",
    xfail: "It fails, and the baseline says that it does.",
    xpass: "It passes, though the baseline says that it does not.",
    same: "The same calls have the same outcomes there.",
    differs: "A call has another outcome there.",
    "may-differ": "A call has another outcome there at times.",
    unknown: "It is not known what the platform does.",
  };

  // An element with its properties and what it holds; text is never read as HTML.
  function make(name, properties, ...content) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...content.flat().filter((part) => part !== null && part !== undefined && part !== ""));
    return element;
  }
  const section = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);
  const folded = (title, open, ...content) => make("details", { open }, make("summary", {}, title), ...content);
  const several = (number, one, many) => `${number} ${number === 1 ? one : many}`;

  // Filters.

  const words = data.rows.map(([, cells]) => {
    const first = cells.map((members) => members[0]).filter((cell) => cell !== null);
    return new Set(first.map((cell) => data.cells[cell].word));
  });
  let texts = null;
  function textsOfRows() {
    const told = data.cells.map(toldOf);
    return data.rows.map(([id, cells]) => {
      const numbers = new Set(cells.flat().filter((cell) => cell !== null));
      return [id, data.scripts[id], ...[...numbers].map((cell) => told[cell])].join("\n").toLowerCase();
    });
  }
  function toldOf(cell) {
    const deviations = (cell.deviations || []).map((number) => data.deviations[number].id);
    const calls = cell.example ? cell.example.calls.map((call) => `${call[0]} ${call[1]}`) : [];
    const there = (cell.differences || []).flatMap((difference) => [
      difference.line,
      ...difference.there.flatMap(([outcome, why]) => [outcome, ...why.map((number) => data.reasons[number].deviation)]),
    ]);
    return [cell.reason, ...deviations, ...calls, ...there].filter(Boolean).join("\n");
  }

  // Areas that fewer rows than these are left of are unfolded.
  const FEW = 300;
  const form = at("filters");
  let fits = data.rows.map(() => true);
  function filter() {
    const wanted = [...form.querySelectorAll("[name=word]:checked")].map((box) => box.value);
    const text = at("text").value.trim().toLowerCase();
    const name = at("area").value;
    const differ = at("differ") !== null && at("differ").checked;
    if (text !== "") texts = texts || textsOfRows();
    fits = data.rows.map(
      ([, , differs], number) =>
        (wanted.length === 0 || wanted.some((word) => words[number].has(word))) &&
        (text === "" || texts[number].includes(text)) &&
        (!differ || differs),
    );
    for (const area of areas.filter((area) => name !== "" && area.body.dataset.area !== name)) {
      fits.fill(false, area.first, area.end);
    }
    const shown = fits.filter(Boolean).length;
    for (const area of areas) {
      const left = fits.slice(area.first, area.end).filter(Boolean).length;
      const all = area.end - area.first;
      area.size.textContent = left === all ? String(all) : `${left} of ${all}`;
      area.body.hidden = left === 0;
      if (left > 0 && shown < Math.min(FEW, data.rows.length)) unfold(area, true);
    }
    hide();
    at("shown").textContent = `${shown} of ${several(data.rows.length, "row", "rows")}`;
    at("reset").hidden = shown === data.rows.length;
    document.querySelector(".nothing").hidden = shown > 0;
  }
  function hide() {
    elements.forEach((row, number) => (row.hidden = !fits[number]));
    settle();
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));

  const isFolded = (area) => area.button.getAttribute("aria-expanded") === "false";
  function unfold(area, open) {
    if (open) lay(area);
    area.button.setAttribute("aria-expanded", String(open));
    area.body.classList.toggle("folded", !open);
  }

  // Cells: Tab reaches one of them, and the arrow keys the others.

  let current = null;
  function reach(button) {
    if (current) current.tabIndex = -1;
    current = button;
    if (current) current.tabIndex = 0;
  }
  const shownRows = () => areas.filter((area) => !isFolded(area)).flatMap((area) => elements.slice(area.first, area.end).filter((row) => !row.hidden));
  function settle() {
    const rows = shownRows();
    if (current && rows.includes(current.closest("tr"))) return;
    reach(rows.length > 0 ? rows[0].querySelector("td > button") : null);
  }
  table.addEventListener("focusin", (event) => {
    if (event.target.matches("td > button")) reach(event.target);
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = shownRows();
    const row = rows.indexOf(cell.parentElement);
    const column = cell.cellIndex;
    const last = cell.parentElement.cells.length - 1;
    const places = {
      ArrowUp: [row - 1, column, -1, 0],
      ArrowDown: [row + 1, column, 1, 0],
      ArrowLeft: [row, column - 1, 0, -1],
      ArrowRight: [row, column + 1, 0, 1],
      Home: [row, 1, 0, 1],
      End: [row, last, 0, -1],
      PageUp: [Math.max(row - 10, 0), column, 1, 0],
      PageDown: [Math.min(row + 10, rows.length - 1), column, -1, 0],
    };
    const place = places[event.key];
    if (!place) return;
    event.preventDefault();
    let [y, x] = place;
    while (y >= 0 && y < rows.length && x >= 1 && x <= last) {
      const button = rows[y].cells[x].querySelector("button");
      if (button) return button.focus();
      y += place[2];
      x += place[3];
    }
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("fold")) {
      const area = areas.find((area) => area.button === button);
      unfold(area, isFolded(area));
      return hide();
    }
    if (button.classList.contains("who")) return openColumn(button.closest("th").cellIndex - 1);
    openCell(elements.indexOf(button.closest("tr")), button.closest("td").cellIndex - 1);
  });

  // What a cell or a column stands for.

  const dialog = at("details");
  function open(title, who, content) {
    at("details-title").textContent = title;
    at("details-who").textContent = who;
    at("details-body").replaceChildren(...content);
    dialog.showModal();
    dialog.scrollTop = 0;
  }
  at("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  function nameOf(member) {
    const tested = `${member.subject} on ${member.platform}`;
    return member.elsewhere ? `${member.elsewhere}, as ${tested} went` : `${tested}, held to ${member.profile}`;
  }

  function openCell(row, column) {
    const [id, cells] = data.rows[row];
    const groups = new Map();
    cells[column].forEach((cell, number) => {
      if (cell !== null) groups.set(cell, [...(groups.get(cell) || []), data.columns[column][number]]);
    });
    const about = elements[row].cells[0].querySelector("small");
    const content = about ? [make("p", { className: "about" }, about.textContent)] : [];
    const who = [...groups.values()].flat();
    for (const [cell, members] of groups) {
      if (groups.size > 1) content.push(make("h3", {}, members.map(nameOf).join("; ")));
      content.push(...shown(data.cells[cell]));
      if (data.cells[cell].full) content.push(section("What came back", make("p", {}, "This page has no room for more calls. This command shows them:"), command(again(id, members[0]))));
    }
    const script = data.scripts[id];
    const hasExample = [...groups.keys()].some((cell) => data.cells[cell].example);
    if (script) content.push(folded("Script", !hasExample, make("pre", {}, script)));
    open(id, who.length > 1 ? `${nameOf(who[0])}, and ${who.length - 1} more` : nameOf(who[0]), content);
  }

  function openColumn(column) {
    const members = data.columns[column];
    const facts = (member) => {
      const list = [
        ["Subject", member.subject],
        ["Platform", member.platform],
        member.elsewhere ? ["Compared with", member.elsewhere] : ["Held to", member.profile],
        ["Seed", String(member.seed)],
        member.strict ? ["Strict", "a known deviation counts as a failure"] : null,
        member.interrupted ? ["Interrupted", "results are missing"] : null,
        member.gave_up ? ["Given up", member.gave_up] : null,
        member.left_behind ? ["Left behind", member.left_behind.join(", ")] : null,
      ];
      const entries = list.filter(Boolean).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
      return make("dl", { className: "note" }, entries);
    };
    const first = members[0].elsewhere || members[0].subject;
    const more = members.length > 1 ? `and ${members.length - 1} more, with the same answers in every row` : "";
    open(first, more, members.map(facts));
  }

  function shown(cell) {
    const content = [
      make("p", { className: `verdict ${cell.word}` }, make("span", { className: "mark" }), make("span", {}, make("b", {}, cell.word.replace("-", " ")), `: ${meanings[cell.word]}`)),
    ];
    if (cell.reason) content.push(make("p", { className: "reason note" }, cell.reason));
    if (cell.example) content.push(...example(cell.example).filter(Boolean));
    if (cell.deviations) content.push(section("Known deviations", cell.deviations.map((number) => departure(data.deviations[number]))));
    if (cell.differences) content.push(section("Other outcomes there", cell.differences.map(difference)));
    const counts = [];
    if (cell.scripts > 1) counts.push(`${cell.scripts} scripts were judged.`);
    if (cell.not_executed) counts.push(`${several(cell.not_executed, "call was", "calls were")} not executed, as the actor, what a label stands for or the range was not there.`);
    for (const [reason, count] of cell.left_out || []) counts.push(`Left out ${several(count, "time", "times")}: ${reason}.`);
    if (counts.length > 0) content.push(make("p", {}, counts.join(" ")));
    if (cell.clauses) {
      const clause = ({ id, level, text }) => make("li", {}, make("code", {}, id), make("span", { className: "level" }, ` ${level} `), text);
      const list = make("ul", { className: "clauses" }, cell.clauses.map((number) => clause(data.clauses[number])));
      content.push(folded(`Rests on ${several(cell.clauses.length, "clause", "clauses")}`, false, list));
    }
    return content;
  }

  function example({ calls, violations, again, file, script }) {
    const begin = calls.findIndex((call) => call[4] === "first");
    const micros = (time) => ((time - calls[begin][2]) / 1000).toFixed(1);
    const line = ([text, outcome, start, end, race], number) => {
      const bad = violations.filter((violation) => violation[0] === number);
      const came = bad.length > 0 ? [" → ", make("strong", {}, outcome), make("span", {}, " not allowed")] : [` → ${outcome}`];
      const when = race ? make("span", { className: "when" }, `  ${micros(start)}–${micros(end)} µs`) : null;
      const parts = [make("div", {}, text, make("span", { className: "came" }, came), when)];
      for (const [, allowed] of bad) parts.push(make("div", { className: "allowed" }, make("b", {}, "Allowed here"), outcomes(allowed)));
      return make("li", { className: `${bad.length > 0 ? "bad" : ""} ${race ? "race" : ""}` }, parts);
    };
    const raced = begin >= 0 ? " Calls with a bar at their left overlapped in time." : "";
    return [
      section("What came back", raced ? make("p", { className: "level" }, raced.trim()) : null, make("ol", { className: "calls" }, calls.map(line))),
      section("Again", command(again), file ? make("p", { className: "level" }, "The script is in ", make("code", {}, file)) : null),
      script ? folded("Script that failed", false, make("pre", {}, script)) : null,
    ];
  }

  function again(id, { subject, profile, seed, elsewhere }) {
    const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
    const words = ["shmconf", "run", id, "-s", subject, "-p", profile, "--seed", String(seed)].map(quoted);
    return [...words, ...(elsewhere ? ["--portability"] : [])].join(" ");
  }

  function command(text) {
    const button = make("button", { className: "copy", type: "button" }, "Copy");
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(text).then(() => (button.textContent = "Copied"), () => (button.textContent = "Select it"));
    });
    return make("div", { className: "command" }, make("pre", {}, text), button);
  }

  const outcomes = (allowed) => allowed.map(([outcome, why]) => make("div", {}, make("code", {}, outcome), make("ul", {}, why.map((number) => make("li", {}, because(data.reasons[number]))))));

  function because({ clause, level, deviation, text, instead, versions }) {
    const name = deviation ? `${deviation}${versions ? ` (${versions})` : ""}` : clause;
    return [make("code", {}, name), deviation ? " " : make("span", { className: "level" }, ` ${level} `), text, instead ? make("span", {}, " ", make("b", {}, "Instead: "), instead) : null];
  }

  function departure({ id, clause, text, trouble, instead, versions }) {
    const from = [clause ? ` departs from ${clause}` : "", versions ? ` in ${versions}` : ""].join("");
    const said = (label, what) => (what ? make("p", {}, make("b", {}, label), what) : null);
    const name = make("p", {}, make("code", {}, id), make("span", { className: "level" }, from));
    return make("div", { className: "note" }, name, said("", text), said("Trouble: ", trouble), said("Instead: ", instead));
  }

  function difference({ event, line, observed, there, certainty, under }) {
    const sure = { certain: "", possible: " at times", unknown: " is not known" }[certainty];
    return make("div", { className: "note" }, make("p", {}, make("code", {}, `${event + 1}  ${line}`)), make("p", {}, "Seen: ", make("code", {}, observed)), make("p", {}, make("b", {}, `There${sure}${under ? ` (${under})` : ""}`)), outcomes(there));
  }

  areas.filter((area) => !isFolded(area)).forEach(lay);
  settle();
})();
