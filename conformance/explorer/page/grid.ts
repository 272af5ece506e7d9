// Moves through the answers of a table by keyboard: Tab reaches one of them, and the arrow keys the others.

const BUTTONS = "td > button";

export function listen(place: HTMLElement) {
  place.addEventListener("keydown", (event) => {
    const from = (event.target as HTMLElement).closest("td");
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!from || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next(from, step)?.focus();
  });
  place.addEventListener("focusin", ({ target }) => {
    const button = target as HTMLElement;
    if (!button.matches(BUTTONS)) return;
    stop(place, button);
    uncover(place, button);
  });
}

/** Tab reaches the first one that can be seen. */
export function begin(place: HTMLElement) {
  const shown = [...place.querySelectorAll<HTMLElement>(BUTTONS)].find((button) => !button.closest("tr")!.hidden);
  stop(place, shown);
}

function stop(place: HTMLElement, one?: HTMLElement) {
  for (const button of place.querySelectorAll<HTMLElement>(BUTTONS)) button.tabIndex = button === one ? 0 : -1;
}

/** The next one in a direction, over cells without one and rows that are hidden. */
function next(from: HTMLTableCellElement, [down, right]: number[]): HTMLElement | null {
  const rows = [...from.closest("tbody")!.rows];
  let [row, column] = [rows.indexOf(from.closest("tr")!) + down, from.cellIndex + right];
  for (; rows[row]?.cells[column]; row += down, column += right) {
    const button = rows[row].hidden ? null : rows[row].cells[column].querySelector("button");
    if (button) return button;
  }
  return null;
}

/** Not below the head, and not below the first column, which stay in view. */
function uncover(place: HTMLElement, button: HTMLElement) {
  const [its, head] = [button.getBoundingClientRect(), place.querySelector("thead th")!.getBoundingClientRect()];
  const isHeadSticky = getComputedStyle(place.querySelector("thead th:last-child")!).position === "sticky";
  if (its.left < head.right) place.scrollLeft -= head.right - its.left;
  if (isHeadSticky && its.top < head.bottom) place.scrollTop -= head.bottom - its.top;
}
