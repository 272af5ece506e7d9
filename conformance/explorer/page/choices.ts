// Which platforms are asked, in which releases and as they are set.

import { at, make } from "./elements";
import type { About } from "./model";

const user = at<HTMLSelectElement>("user");
const pages = at<HTMLSelectElement>("page-size");
const list = at("platforms");
let known: About[] = [];

/** Makes a row for each platform. */
export function lay(platforms: About[], changed: () => void) {
  known = platforms;
  const sizes = new Set(platforms.flatMap(({ settings }) => settings.page_size?.[1] ?? []).map(Number));
  pages.append(...[...sizes].sort((a, b) => a - b).map((size) => make("option", { value: String(size) }, `${size} bytes`)));
  list.replaceChildren(...platforms.map(row));
  const all = make("button", { type: "button", id: "all-or-none" }, "All or none");
  all.addEventListener("click", () => {
    const boxes = [...list.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    const on = !boxes.some(({ checked }) => checked);
    for (const box of boxes) box.checked = on;
    changed();
  });
  list.before(all);
  for (const element of [user, pages, list]) element.addEventListener("change", changed);
}

function row({ id, title, releases, settings }: About): HTMLElement {
  const box = make("input", { type: "checkbox", id: `on-${id}`, checked: true });
  const name = make("label", { className: "platform" }, box, make("span", {}, make("code", {}, id), make("small", {}, title)));
  const suggestions = Object.entries(releases).flatMap(([part, all]) => all.map((release) => (part === "" ? release : `${part}-${release}`)));
  const fields = [];
  if (suggestions.length > 0) {
    const release = make("input", { id: `release-${id}`, placeholder: "any", autocomplete: "off", spellcheck: false });
    release.setAttribute("list", `releases-${id}`);
    const options = make("datalist", { id: `releases-${id}` }, suggestions.map((value) => make("option", { value })));
    fields.push(make("span", { className: "field" }, make("label", { htmlFor: release.id }, "Release", make("span", { className: "hidden" }, ` of ${id}`)), release, options));
  }
  for (const [word, [about, values]] of Object.entries(settings).filter(([word]) => word !== "page_size")) {
    const select = make("select", { id: `set-${id}-${word}` }, make("option", { value: "" }, "any"), values.map((value) => make("option", { value }, value)));
    select.dataset.word = word;
    const said = make("small", { id: `about-${id}-${word}` }, about);
    select.setAttribute("aria-describedby", said.id);
    fields.push(make("span", { className: "field setting" }, make("label", { htmlFor: select.id }, make("code", {}, word), make("span", { className: "hidden" }, ` of ${id}`)), select, said));
  }
  return make("div", { className: "row" }, name, make("span", { className: "fields" }, fields));
}

export const by = () => Number(user.value);
export const pagesOf = () => pages.value;

/** The chosen platforms, with release and settings; `pages` is given to those that can have pages of that size. */
export function chosen(withPages: boolean): string[] {
  return known.filter(({ id }) => at<HTMLInputElement>(`on-${id}`).checked).map(({ id, settings }) => {
    const release = at<HTMLInputElement>(`release-${id}`)?.value.trim();
    const set = [...list.querySelectorAll<HTMLSelectElement>(`select[id^="set-${id}-"]`)].filter((select) => select.value !== "");
    const words = set.map((select) => `${select.dataset.word}=${select.value}`);
    if (withPages && settings.page_size?.[1].includes(pages.value)) words.push(`page_size=${pages.value}`);
    return [release ? `${id}@${release}` : id, ...words].join(",");
  });
}

/** Is each platform chosen, in any release and however it is set? */
export const isWhole = () => chosen(false).join() === known.map(({ id }) => id).join();

/** Takes over what a link says. */
export function take(platforms: string[] | null, byUser: number, size: string) {
  user.value = String(byUser);
  pages.value = [...pages.options].some((option) => option.value === size) ? size : "";
  const wanted = new Map((platforms ?? known.map(({ id }) => id)).map((text) => [text.split(/[@,]/)[0], text]));
  for (const { id } of known) {
    const text = wanted.get(id);
    const [named = "", ...words] = (text ?? "").split(",");
    const set = new Map(words.map((word) => word.split("=", 2) as [string, string]));
    at<HTMLInputElement>(`on-${id}`).checked = text !== undefined;
    const release = at<HTMLInputElement>(`release-${id}`);
    if (release) release.value = named.split("@")[1] ?? "";
    for (const select of list.querySelectorAll<HTMLSelectElement>(`select[id^="set-${id}-"]`)) select.value = set.get(select.dataset.word!) ?? "";
  }
}
