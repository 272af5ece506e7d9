// What the page does: it filters rows, moves between cells by the arrow keys, and opens what a cell stands for.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const bodies = [...document.querySelectorAll("tbody")];
  const rows = bodies.flatMap((body) => [...body.rows].slice(1));
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

  const words = rows.map((row) => new Set([...row.cells].slice(1).map((cell) => cell.className)));
  const texts = rows.map((row, number) => textOf(row, number).toLowerCase());
  function textOf(row, number) {
    const cells = new Set(data.rows[number][1].flat());
    const told = [...cells].filter((cell) => cell !== null).map((cell) => toldOf(data.cells[cell]));
    return [row.cells[0].textContent, ...told].join("\n");
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

  const differs = rows.map((row) => new Set([...row.cells].slice(1).map((cell) => cell.className + cell.dataset.same)).size > 1);

  const form = at("filters");
  function filter() {
    const wanted = [...form.querySelectorAll("[name=word]:checked")].map((box) => box.value);
    const text = at("text").value.trim().toLowerCase();
    const area = at("area").value;
    const differ = at("differ") !== null && at("differ").checked;
    let shown = 0;
    rows.forEach((row, number) => {
      const fits =
        (area === "" || row.parentElement.dataset.area === area) &&
        (wanted.length === 0 || wanted.some((word) => words[number].has(word))) &&
        (text === "" || texts[number].includes(text)) &&
        (!differ || differs[number]);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    for (const body of bodies) {
      body.hidden = [...body.rows].slice(1).every((row) => row.hidden);
    }
    at("shown").textContent = `${shown} of ${several(rows.length, "row", "rows")}`;
    at("reset").hidden = shown === rows.length;
    document.querySelector(".nothing").hidden = shown > 0;
    settle();
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));

  // Cells: Tab reaches one of them, and the arrow keys the others.

  const table = document.querySelector("table");
  const buttons = [...table.querySelectorAll("td > button")];
  for (const button of buttons) button.tabIndex = -1;
  let current = null;
  function reach(button) {
    if (current) current.tabIndex = -1;
    current = button;
    if (current) current.tabIndex = 0;
  }
  const isShown = (row) => !row.hidden && !row.parentElement.hidden && !row.parentElement.classList.contains("folded");
  function settle() {
    if (current && isShown(current.closest("tr"))) return;
    const row = rows.find(isShown);
    reach(row ? row.querySelector("td > button") : null);
  }
  table.addEventListener("focusin", (event) => {
    if (event.target.matches("td > button")) reach(event.target);
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = rows.filter(isShown);
    const row = shown.indexOf(cell.parentElement);
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
      PageDown: [Math.min(row + 10, shown.length - 1), column, -1, 0],
    };
    const place = places[event.key];
    if (!place) return;
    event.preventDefault();
    let [y, x] = place;
    while (y >= 0 && y < shown.length && x >= 1 && x <= last) {
      const button = shown[y].cells[x].querySelector("button");
      if (button) return button.focus();
      y += place[2];
      x += place[3];
    }
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("fold")) return fold(button);
    if (button.classList.contains("who")) return openColumn(button.closest("th").cellIndex - 1);
    openCell(rows.indexOf(button.closest("tr")), button.closest("td").cellIndex - 1);
  });
  function fold(button) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    button.closest("tbody").classList.toggle("folded", open);
    settle();
  }

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
    const about = rows[row].cells[0].querySelector("small");
    const content = about ? [make("p", {}, about.textContent)] : [];
    const who = [...groups.values()].flat();
    for (const [cell, members] of groups) {
      if (groups.size > 1) content.push(make("h3", {}, members.map(nameOf).join("; ")));
      content.push(...shown(data.cells[cell]));
    }
    const script = data.scripts[id];
    const hasExample = [...groups.keys()].some((cell) => data.cells[cell].example);
    if (script && !hasExample) content.push(folded("Script", true, make("pre", {}, script)));
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
    if (cell.example) content.push(...example(cell.example));
    if (cell.deviations) content.push(section("Known deviations", cell.deviations.map((number) => departure(data.deviations[number]))));
    if (cell.differences) content.push(section("Other outcomes there", cell.differences.map(difference)));
    const counts = [];
    if (cell.scripts > 1) counts.push(`${cell.scripts} scripts were judged.`);
    if (cell.not_executed) counts.push(`${several(cell.not_executed, "call was", "calls were")} not executed, as the actor or what a label stood for was gone.`);
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
      folded("Script that failed", false, make("pre", {}, script)),
    ];
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

  settle();
})();
