// Shows that a table goes on at its right or below.

/** Keeps the frame of a place told of where more of it is. */
export function watch(place: HTMLElement) {
  const frame = place.parentElement!;
  const tell = () => {
    frame.toggleAttribute("data-right", place.scrollLeft + place.clientWidth < place.scrollWidth - 1);
    frame.toggleAttribute("data-below", place.scrollTop + place.clientHeight < place.scrollHeight - 1);
  };
  place.addEventListener("scroll", tell, { passive: true });
  new ResizeObserver(tell).observe(place);
  // What it holds is another table after each answer.
  new MutationObserver(tell).observe(place, { childList: true, subtree: true, attributeFilter: ["hidden"] });
  tell();
}
