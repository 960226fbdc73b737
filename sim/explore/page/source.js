// Where answers come from: the server, or what a page without a server carries with it.

import { storedAnswer } from "./stored.js";

const stored = globalThis.ALLIANCE ?? null;
export const withServer = stored === null;

export class Refusal extends Error {
  constructor(problems) {
    super(problems.map((problem) => problem.text).join("\n"));
    this.problems = problems;
  }
}

export async function call(address, body, options = {}) {
  let response;
  try {
    response = await fetch(address, {
      method: options.method ?? (body ? "POST" : "GET"),
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
      signal: options.signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal([{ key: "", message: "", text: "The program does not answer. Is `alliance explore` still running?" }]);
  }
  const told = await response.json().catch(() => ({ problems: [{ key: "", message: "", text: `The answer could not be read (${response.status}).` }] }));
  if (!response.ok) throw new Refusal(told.problems ?? []);
  return told;
}

export const facts = () => (withServer ? call("facts") : Promise.resolve(stored.facts));

// What the model says of one key in a scenario: its source as of the start, and the channels through which it acts.
export const aboutIn = (key, scenario) => (withServer ? call("about", { key, state: scenario }) : Promise.resolve(stored.about[key]));

const tab = crypto.randomUUID?.() ?? String(Math.random()).slice(2);

// One place of the page that is answered: while it waits, only the newest wish is remembered; a preview comes first,
// and once nothing newer has come for a moment the full ensemble follows.
export class Asker {
  constructor(slot, show, complain) {
    this.slot = slot;
    this.show = show;
    this.complain = complain;
    this.newest = 0;
    this.next = null;
    this.busy = false;
  }

  ask(body, { drag = false } = {}) {
    this.newest += 1;
    clearTimeout(this.refining);
    this.next = { body, number: this.newest, preview: drag };
    this.run();
  }

  async run() {
    if (this.busy || !this.next) return;
    const { body, number, preview } = this.next;
    this.next = null;
    this.busy = true;
    const began = performance.now();
    try {
      const told = withServer
        ? await call("answer", { ...body, page: `${tab}-${this.slot}`, runs: preview ? "preview" : "full" })
        : storedAnswer(stored, body);
      if (!told.stale && (number === this.newest || preview)) {
        this.show(told, { final: number === this.newest, took: performance.now() - began });
        if (told.preview && number === this.newest) {
          this.refining = setTimeout(() => {
            if (number === this.newest) {
              this.next = { body, number, preview: false };
              this.run();
            }
          }, 60);
        }
      }
    } catch (error) {
      if (number === this.newest) this.complain(error.problems ?? [{ key: "", text: String(error.message ?? error) }]);
    } finally {
      this.busy = false;
      this.run();
    }
  }
}

// A long question: `onprogress(done, total)` while it runs; `stop()` gives it up.
export function longQuestion(body, onprogress) {
  let name = null;
  let stopped = false;
  const result = (async () => {
    name = (await call("ask", body)).job;
    for (let wait = 60; ; wait = Math.min(400, wait * 1.4)) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (stopped) return null;
      const told = await call(`ask/${name}`);
      if (told.stopped) return null;
      if (told.result) return told.result;
      onprogress(told.done, told.total);
    }
  })();
  return {
    result,
    stop: async () => {
      stopped = true;
      if (name) await call(`ask/${name}`, null, { method: "DELETE" }).catch(() => {});
    },
  };
}
