// The levers: one control for each key in front, and the same control for any other key.
import { fill, freshId, h, said, table } from "./util.js";
import { change, scenarioOf, setKey, state, UNCHANGED } from "./state.js";
import { aboutIn, longQuestion, withServer } from "./source.js";
import { parameterOf, world } from "./world.js";

const KINDS = { data: "data", estimated: "estimated from data", assumption: "assumption" };
const wording = (option) => String(option).replaceAll("_", " ");
export const plainText = (text) => (/^".*"$/.test(text) ? wording(JSON.parse(text)) : text === "true" ? "yes" : text === "false" ? "no" : text.replace(/^-/, "−"));

// A control for one key. `update` takes what holds in the scenario, as the answer tells it.
export class LeverControl {
  constructor(key, { label = "", low = null, high = null, step = null, levels = null } = {}) {
    this.key = key;
    this.levels = levels;
    this.parameter = parameterOf(key);
    const domain = this.parameter.domain;
    this.low = low ?? domain.low ?? 0;
    this.high = high ?? domain.high ?? Math.max(1, this.low + 1);
    this.step = step ?? (domain.whole ? 1 : (this.high - this.low) / 100);
    this.id = freshId("lever");
    this.output = h("output", { for: this.id });
    this.wrong = h("p", { class: "wrong", id: `${this.id}-wrong`, role: "alert" });
    this.reset = h("button", { type: "button", class: "small", hidden: true, onclick: () => setKey(key, null) }, "Reset");
    this.reset.setAttribute("aria-label", `Reset ${label || key}`);
    this.about = h("div", { class: "about", id: `${this.id}-about`, hidden: true });
    this.more = h("button", { type: "button", class: "small", "aria-expanded": "false", "aria-controls": `${this.id}-about`, "aria-label": `About ${label || key}`, onclick: () => this.tell() }, "About");
    this.control = this.makeControl(domain);
    this.element = h(
      "div",
      { class: "lever", "data-key": key },
      h("div", { class: "named" }, h("label", { for: this.id }, label || h("code", {}, key)), this.reset, this.more),
      this.control,
      this.output,
      this.wrong,
      this.about,
    );
  }

  makeControl(domain) {
    const common = { id: this.id, "aria-describedby": `${this.id}-wrong` };
    if (domain.is === "number") {
      return h("input", {
        ...common, type: "range", min: this.low, max: this.high, step: this.step,
        oninput: (event) => setKey(this.key, String(Number(event.target.value)), { drag: true }),
        onchange: () => (change.dragging = false),
      });
    }
    if (domain.is === "choice" || domain.is === "flag") {
      const options = domain.is === "flag" ? [["true", "yes"], ["false", "no"]] : (this.levels ?? domain.options).map((option) => [JSON.stringify(option), wording(option)]);
      return h("select", { ...common, onchange: (event) => setKey(this.key, event.target.value || null) }, h("option", { value: "" }, "as in the scenario"), options.map(([value, text]) => h("option", { value }, text)));
    }
    return h("input", {
      ...common, type: domain.is === "day" ? "date" : "text", placeholder: domain.is === "other" ? "as in a scenario file" : null,
      onchange: (event) => setKey(this.key, event.target.value ? (domain.is === "text" ? JSON.stringify(event.target.value) : event.target.value) : null),
    });
  }

  update(held) {
    const own = state.sets[this.key];
    this.reset.hidden = own === undefined;
    this.element.classList.toggle("set", own !== undefined);
    this.element.hidden = held?.acts === false && own === undefined;
    const domain = this.parameter.domain;
    const unit = this.parameter.unit;
    if (domain.is === "number") {
      const number = own !== undefined && Number.isFinite(Number(own)) ? Number(own) : null;
      const value = number ?? held?.value ?? (this.low + this.high) / 2;
      if (document.activeElement !== this.control || Number(this.control.value) !== number) this.control.value = String(value);
      const places = this.step >= 1 ? 0 : this.step >= 0.1 ? 1 : this.step >= 0.01 ? 2 : 3;
      const words = number !== null ? said(number, places) : held?.span ? `${said(held.span[0], places)} to ${said(held.span[1], places)}` : held?.value !== null && held?.value !== undefined ? said(held.value, places) : own ?? (held?.dated ? held.text : "not set, follows the model;");
      fill(this.output, words, h("span", { class: "unit" }, ` ${number === null && held?.span ? "drawn; " : ""}${unit}`));
      this.control.setAttribute("aria-valuetext", `${words} ${unit}${number === null && held?.span ? ", drawn for each run" : ""}`);
    } else {
      this.control.value = own ?? "";
      const first = this.control.options?.[0];
      const inherited = held ? (held.text === "true" ? "yes" : held.text === "false" ? "no" : wording(held.text)) : this.parameter.default;
      if (first && own === undefined) first.textContent = `as in the scenario: ${inherited}`;
      fill(this.output, own !== undefined && this.control.value !== own ? own : own === undefined && inherited.length > 20 ? inherited : "");
    }
  }

  complain(message) {
    this.wrong.textContent = message ?? "";
  }

  tell() {
    const open = this.about.hidden;
    this.about.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) fill(this.about, aboutKey(this.key));
  }
}

// What a key means, on what grounds it stands, and, one click away, what it does.
export function aboutKey(key) {
  const parameter = parameterOf(key);
  const effect = h("div", {});
  const row = (name, value) => (value ? [h("dt", {}, name), h("dd", {}, value)] : []);
  const source = h("span", {}, parameter.source);
  const ways = h("div", {});
  const here = h("dd", {});
  aboutIn(key, scenarioOf()).then((told) => {
    source.textContent = told.source;
    const own = scenarioOf().sets[key];
    here.textContent = own === undefined ? `${plainText(told.here.text)} (${told.here.origin})` : `${plainText(own)} (set on this page)`;
    if (told.channels.length) fill(ways, h("p", {}, h("b", {}, "How it acts"), " (the shortest way through the model; docs/channels.md has the forms and strengths)"), h("ul", {}, told.channels.map((way) => h("li", {}, `${way.through.join(" → ")} → `, h("b", {}, way.outcomes.join("; "))))));
    else fill(ways, h("p", {}, "It reaches none of the main outcomes."));
  }, () => {}); // a state that is refused says so at its own place
  return [
    h("p", {}, parameter.meaning),
    h("dl", {}, row("Key", h("code", {}, key)), row("Unit", parameter.unit), h("dt", {}, "Here"), here, row("Default", parameter.default), row("Range to try", parameter.sweep), row("Kind", KINDS[parameter.kind] + (parameter.open ? "; data do not settle it, so conclusions may depend on it" : "")), row("Source", source), row("System", parameter.system)),
    ways,
    auditOf(parameter),
    withServer && h("p", {}, h("button", { type: "button", onclick: () => showEffect(key, effect) }, "What does it do here?")),
    effect,
  ];
}

// What the stored audit of the levers found for a key: its largest effect, and those whose direction theory tells.
function auditOf(parameter) {
  if (parameter.reported_only) return h("p", {}, `Reported only: ${parameter.reported_only}`);
  if (!parameter.audit.length) return null;
  const signed = (text) => (text.startsWith("-") ? `−${text.slice(1)}` : `+${text}`);
  const words = (effect) => `${effect.title}: from ${plainText(effect.low)} to ${plainText(effect.high)} moves it by ${signed(String(Number(effect.change.toPrecision(3))))} ${effect.unit}, ${signed(effect.standard.toFixed(2))} standard deviations (${effect.day.slice(0, 4)}, ${effect.scenario})`;
  return h("div", {}, h("p", {}, h("b", {}, parameter.entities.length ? "Effect over its range, all members or donors at once" : "Effect over its range, all else as it is")), h("ul", {}, parameter.audit.slice(0, 4).map((effect) => h("li", {}, words(effect)))));
}

async function showEffect(key, place) {
  fill(place, h("p", { class: "waiting" }, "Calculating…"));
  try {
    const told = await longQuestion({ kind: "effect", state: scenarioOf(), key }, () => {}).result;
    const moved = told.rows.filter((row) => new Set(row.values).size > 1);
    if (!moved.length) return fill(place, h("p", {}, "From one end of its range to the other it moves no headline number of this state."));
    return fill(place, table("Headline numbers at the last date, by this lever alone", ["Outcome", `at ${plainText(told.low)}`, "as it is", `at ${plainText(told.high)}`], moved.map((line) => [`${line.title} (${line.unit})`, ...line.values])));
  } catch (error) {
    return fill(place, h("p", { class: "wrong" }, error.message));
  }
}

// All levers in front, in their groups.
export class LeverPanel {
  constructor(place) {
    this.place = place;
    this.controls = new Map();
    this.locked = null;
  }

  build(only = null) {
    this.controls.clear();
    if (!withServer && state.extends[0] !== world.first.extends[0]) {
      const base = world.scenarios.find((row) => row.name === world.first.extends[0]);
      return fill(this.place, h("h2", {}, "Levers"), h("p", {}, `On this page without a server the levers move “${base.label}” only. `, h("button", { type: "button", onclick: () => change({ extends: world.first.extends, sets: {} }) }, "Open it")));
    }
    const groups = [];
    for (const group of world.groups) {
      const levers = group.levers.filter((lever) => !only || only.includes(lever.key));
      if (!levers.length) continue;
      const body = levers.map((lever) => {
        const control = new LeverControl(lever.key, lever);
        this.controls.set(lever.key, control);
        return control.element;
      });
      groups.push(h("details", { open: groups.length < (innerWidth > 900 ? 4 : 1) || Boolean(only) }, h("summary", {}, h("h3", {}, group.name)), body));
    }
    if (only) {
      for (const key of only) {
        if (!this.controls.has(key) && parameterOf(key)) {
          const control = new LeverControl(key);
          this.controls.set(key, control);
          groups.push(control.element);
        }
      }
    }
    fill(this.place, h("div", { class: "leverhead" }, h("h2", {}, only ? "Levers of this lesson" : "Levers"), h("button", { type: "button", class: "small", onclick: () => change(structuredClone(UNCHANGED)) }, "Reset all")), groups);
    this.locked = only;
    return this.place;
  }

  update(held) {
    if (held) this.held = held;
    const changed = Object.keys(state.sets);
    for (const [key, control] of this.controls) control.update(this.held?.[key]);
    for (const group of this.place.querySelectorAll("details")) {
      group.hidden = ![...group.querySelectorAll(".lever")].some((lever) => !lever.hidden);
      if (changed.some((key) => group.querySelector(`[data-key="${CSS.escape(key)}"]`))) group.open = true;
    }
  }

  complain(problems) {
    const left = [];
    for (const control of this.controls.values()) control.complain("");
    for (const problem of problems) {
      const control = this.controls.get(problem.key);
      if (control) control.complain(problem.message);
      else left.push(problem);
    }
    return left;
  }
}
