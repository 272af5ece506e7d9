// Asks the model in its worker. Only the last question of each kind matters, and one that takes too long is stopped.

import type { Functions } from "./model";

/** What a question may take, in milliseconds. */
const mostTime = () => Number(document.body.dataset.mostTime);

/** Why there is no answer. */
export class Stopped extends Error {}

const inline = (id: string) => document.getElementById(id)!.textContent!;
const glue = URL.createObjectURL(new Blob([inline("worker")], { type: "text/javascript" }));
const packed = Uint8Array.from(atob(inline("wasm")), (letter) => letter.charCodeAt(0));
const bytes = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

interface Waiting { name: string; number: number; given: unknown[]; give(value: unknown): void; fail(error: Error): void }

/** A worker with the model, which answers one question at a time. */
class Line {
  #worker: Worker | null = null;
  #waiting: Waiting[] = [];
  #clock = 0;
  #count = 0;

  /** A question that waits is forgotten for a new one of the same kind. */
  ask(name: string, given: unknown[]): Promise<unknown> {
    const [running, ...others] = this.#waiting;
    this.#waiting = [...(running ? [running] : []), ...others.filter((other) => other.name !== name)];
    return new Promise((give, fail) => {
      this.#waiting.push({ name, number: ++this.#count, given, give, fail });
      if (this.#waiting.length === 1) this.#next();
    });
  }

  async #next() {
    const [question] = this.#waiting;
    if (!question) return;
    const module = await bytes;
    if (this.#worker === null) {
      this.#worker = new Worker(glue);
      this.#worker.onmessage = ({ data }) => this.#answered(data);
      this.#worker.postMessage(module);
    }
    const { number, name, given } = question;
    this.#clock = setTimeout(() => this.#stop(), mostTime());
    this.#worker.postMessage({ number, name, given });
  }

  #answered(data: { number: number; value?: unknown; error?: string }) {
    clearTimeout(this.#clock);
    const question = this.#waiting.shift();
    if (data.error === undefined) question?.give(data.value);
    else {
      // A model that gave up may be left in any state.
      this.#end();
      question?.fail(new Stopped(`The model gave up: ${data.error}. Please report the script.`));
    }
    this.#next();
  }

  #stop() {
    this.#end();
    const question = this.#waiting.shift();
    question?.fail(new Stopped(`Stopped after ${mostTime() / 1000} seconds: there is too much to look through for a page. The command has no such limit.`));
    this.#next();
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

/** Races take long, and no other question waits for them. */
const [answers, races] = [new Line(), new Line()];

/** Asks a function of the model. */
export function ask<Name extends keyof Functions>(name: Name, ...given: Functions[Name]["takes"]): Promise<Functions[Name]["gives"]> {
  const line = name === "race" ? races : answers;
  return line.ask(name, given) as Promise<Functions[Name]["gives"]>;
}
