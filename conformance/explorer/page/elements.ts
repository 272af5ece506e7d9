// Makes the elements of the page. Text is never read as HTML.

type Part = Node | string | null | undefined | false;

export function at<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** An element with its properties and what it holds; nothing stands for what is left out. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...content: (Part | Part[])[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...content.flat().filter((part): part is Node | string => part instanceof Node || (typeof part === "string" && part !== "")));
  return element;
}

/** Code may be broken behind a bar, an underscore, a bracket and a comma. */
export const breakable = (code: string): Part[] => code.split(/(?<=[|_(,])/).flatMap((part) => [part, make("wbr")]);

export const several = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** A sentence, in which code stands in backticks. */
export const coded = (sentence: string): (Node | string)[] => sentence.split("`").map((part, at) => (at % 2 === 1 ? make("code", {}, part) : part));

/** An outcome as people read it: ENOSYS stands for a call that the system does not have, which no program gets back. */
export const told = (outcome: string) => (outcome === "ENOSYS" ? "no such call (ENOSYS)" : outcome);
