// How deep the shade of an answer is: the fewer platforms give it, the deeper.

const DEEPEST = 5;

/** The shade of each answer by how many give it; the one that most give has none. */
export function shades(counts: Map<string, number>): Map<string, number> {
  const ranked = [...counts].sort(([, one], [, other]) => other - one).map(([key]) => key);
  return new Map(ranked.map((key, rank) => [key, rank === 0 ? 0 : Math.max(DEEPEST + 1 - ranked.length + rank, 1)]));
}
