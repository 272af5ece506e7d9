// How deep the shade of an answer is: the fewer platforms give it, the deeper.

/** In hundredths of the accent. */
const LIGHTEST = 10;
const DEEPEST = 40;

/** The shade of each answer by how many give it, each its own; the one that most give has none. */
export function shades(counts: Map<string, number>): Map<string, number> {
  const ranked = [...counts].sort(([, one], [, other]) => other - one).map(([key]) => key);
  const step = (DEEPEST - LIGHTEST) / Math.max(ranked.length - 2, 1);
  return new Map(ranked.map((key, rank) => [key, rank === 0 ? 0 : Math.round(LIGHTEST + (ranked.length === 2 ? 0.5 * (DEEPEST - LIGHTEST) : step * (rank - 1)))]));
}

/** Gives a cell its shade; what no platform answers, and what is not known, is apart from all of them. */
export function shade(cell: HTMLElement, depth: number | undefined) {
  if (depth === undefined) cell.classList.add("alone");
  else cell.style.setProperty("--tint", `${depth}%`);
  cell.dataset.shade = depth === undefined || depth === 0 ? "0" : depth < 26 ? "1" : "2";
}
