// What a link holds: the script and the choices, in its fragment, so that no server sees them.

/** What was asked: the script, who makes the calls, and which platforms, each as `macos@14,page_size=16384`. */
export interface Asked { script: string; user: number; pages: string; platforms: string[] | null }

export function read(fragment: string): Asked {
  const words = new URLSearchParams(fragment.replace(/^#/, ""));
  const platforms = words.get("on");
  return {
    script: words.get("script") ?? "",
    user: words.get("user") === "0" ? 0 : 1000,
    pages: words.get("pages") ?? "",
    platforms: platforms === null ? null : platforms.split(" ").filter((word) => word !== ""),
  };
}

/** Does a fragment ask for anything, and is it not that of a place in the page? */
export const asks = (fragment: string) => new URLSearchParams(fragment.replace(/^#/, "")).has("script");

/** What is as it was at first is left out. */
export function write({ script, user, pages, platforms }: Asked): string {
  const words = new URLSearchParams({ script });
  if (user === 0) words.set("user", "0");
  if (pages !== "") words.set("pages", pages);
  if (platforms !== null) words.set("on", platforms.join(" "));
  return `#${words}`;
}
