// The script as it is typed, with a mistake underlined where it is.

import { at, coded, make } from "./elements";
import type { Mistake } from "./model";

const text = at<HTMLTextAreaElement>("script");
const marks = at("marks");
const problem = at("problem");

export const script = () => text.value;

export function write(content: string) {
  text.value = content;
  fit();
}

export function listen(changed: () => void) {
  text.addEventListener("input", () => {
    fit();
    changed();
  });
  text.addEventListener("scroll", () => {
    marks.scrollTop = text.scrollTop;
    marks.scrollLeft = text.scrollLeft;
  });
}

/** As many lines as there are, within reason. */
function fit() {
  text.rows = Math.min(Math.max(text.value.trimEnd().split("\n").length, 5), 24);
  show(null);
}

/** Underlines a mistake and says what is wrong, with a button for what was probably meant; without one, underlines nothing. */
export function show(mistake: Mistake | null, correct: () => void = () => {}) {
  text.toggleAttribute("aria-invalid", mistake !== null);
  if (mistake === null || mistake.line === 0) {
    marks.replaceChildren();
    problem.replaceChildren(...(mistake ? coded(mistake.problem) : []));
    return;
  }
  problem.classList.toggle("blank", text.value.trim() === "");
  if (text.value.trim() === "") {
    marks.replaceChildren();
    text.removeAttribute("aria-invalid");
    problem.replaceChildren("Write a call, such as ", make("code", {}, "a: f = create(4096)"), ".");
    return;
  }
  const { line, column, length, instead, mend, because } = mistake;
  const lines = text.value.split("\n");
  const wrong = [...(lines[line - 1] ?? "")];
  const start = [...lines.slice(0, line - 1), ""].join("\n").length + wrong.slice(0, column - 1).join("").length;
  const end = start + wrong.slice(column - 1, column - 1 + length).join("").length;
  const under = text.value.slice(start, end) || " ";
  marks.replaceChildren(text.value.slice(0, start), make("mark", {}, under), `${text.value.slice(end)}\n`);
  marks.scrollTop = text.scrollTop;
  marks.scrollLeft = text.scrollLeft;
  const meant: (Node | string)[] = instead === null ? [] : [" Did you mean ", make("code", {}, instead), "? ", because === "" ? "" : `${because[0].toUpperCase()}${because.slice(1)}. `];
  if (mend !== null) {
    const use = make("button", { type: "button", id: "use" }, "Use it");
    use.addEventListener("click", () => {
      const gone = wrong.slice(column - 1, column - 1 + mend.length).join("").length;
      text.setRangeText(mend.text, start, start + gone, "end");
      text.focus();
      fit();
      correct();
    });
    meant.push(use);
  }
  problem.replaceChildren(make("b", {}, `Line ${line}, column ${column}`), ": ", ...coded(mistake.problem), ".", ...meant);
}
