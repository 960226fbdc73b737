// Pinned states side by side, what differs in their inputs, why; and for a workshop the links of several teams.
import { copied, dateSaid, fill, freshId, h, notice, said, signedWith, table, takeAway } from "./util.js";
import { change, changesOf, fromFragment, MOST_PINS, openState, pinOf, scenarioOf, state, toFragment } from "./state.js";
import { Asker, call, longQuestion } from "./source.js";
import { Chart, legend, rangeOf } from "./charts.js";
import { plainText } from "./levers.js";
import { parameterOf, variableOf, world } from "./world.js";

const titleOf = (subject) => variableOf(subject.split(":")[0]).title;

// A group of changed inputs by the names of the levers in it, where the page has such; the key stands below.
function groupSaid(group) {
  const levers = world.groups.flatMap((each) => each.levers).filter(({ key }) => key in state.sets && (key === group || key.startsWith(`${group}.`)));
  return levers.length ? h("span", {}, levers.map(({ label }) => label).join("; "), h("br", {}), h("code", {}, group)) : h("code", {}, group);
}

const labelled = (name) => world.scenarios.find((row) => row.name === name)?.label ?? name;

export const nameOfState = (of) => of.title || `${(of.extends ?? []).map(labelled).join(", ") || "defaults"}${changesOf(of) ? `, ${changesOf(of)} changed` : ""}`;

export class Compare {
  constructor(place) {
    this.place = place;
    this.askers = [];
    this.teams = null;
    this.bar = h("div", { class: "bar" });
    this.panels = h("div", { class: "panels" });
    this.numbers = h("div", {});
    this.inputs = h("div", {});
    this.why = h("div", {});
    this.workshop = this.makeWorkshop();
    fill(place, h("h2", {}, "Compare"), this.bar, this.panels, this.numbers, h("h3", {}, "What differs in the inputs"), this.inputs, h("h3", {}, "Why the outcome differs"), this.why, this.workshop);
    this.opened();
  }

  shown() {
    return this.teams ?? [pinOf(state), ...state.pins];
  }

  opened() {
    const pin = (title) => {
      if (state.pins.length >= MOST_PINS) return notice(`At most ${MOST_PINS} states can be pinned; remove one first.`);
      return change({ pins: [...state.pins, { ...pinOf(state), title }] });
    };
    const id = freshId("pin");
    const name = h("input", { id, type: "text", maxlength: 80, placeholder: "for example: Team 2" });
    fill(this.bar, h("form", { class: "bar", onsubmit: (event) => {
      event.preventDefault();
      pin(name.value.trim());
    } }, h("span", { class: "field" }, h("label", { for: id }, "Name (may be empty)"), name), h("button", { type: "submit" }, "Pin this state")), this.teams && h("button", { type: "button", onclick: () => {
      this.teams = null;
      this.refresh();
    } }, "Back to my states"));
    const measured = [0, 1].map((at) => state.charts[at] ?? world.charts[at]);
    if (this.measured === measured.join()) return;
    this.measured = measured.join();
    fill(this.why, h("p", {}, "Each group of changed inputs moves the outcome by so much; the parts add up to the whole difference from the baseline. "), h("div", { class: "bar" }, measured.map((name) => h("button", { type: "button", onclick: () => this.explain(name) }, `Why: ${titleOf(name)}`)), h("button", { type: "button", onclick: () => this.turn(measured) }, "Which conclusions depend on an assumption?")), h("div", {}));
  }

  wants() {
    return null;
  }

  refresh() {
    const states = this.shown();
    const charts = [0, 1].map((at) => state.charts[at] ?? world.charts[at]);
    while (this.askers.length < states.length) {
      const at = this.askers.length;
      this.askers.push(new Asker(`pin-${at}`, (told) => this.take(at, told), (problems) => notice(problems.map((problem) => problem.text))));
    }
    this.told = states.map(() => null);
    this.opened();
    states.forEach((of, at) => this.askers[at].ask({ state: scenarioOf(of), charts, date: state.date }, { drag: true }));
    this.showInputs(states);
  }

  take(at, told) {
    this.told[at] = told;
    if (this.told.every(Boolean)) this.draw();
  }

  draw() {
    const states = this.shown();
    const count = this.told[0].charts.length;
    const shown = JSON.stringify([states.map(nameOfState), count, Boolean(this.teams)]);
    if (this.drawn !== shown) {
      this.drawn = shown;
      this.charts = Array.from({ length: count }, () => states.map((of, at) => this.makeChart(of, at)));
      this.heads = this.charts.map(() => h("h3", {}));
      fill(this.panels, this.charts.flatMap((row, which) => [this.heads[which], h("div", { class: "side" }, row.map((chart) => chart.element))]), legend());
    }
    for (const [which, row] of this.charts.entries()) {
      const charts = this.told.map((told) => told.charts[which]);
      const range = rangeOf(charts);
      this.heads[which].textContent = charts[0].title;
      for (const [at, chart] of row.entries()) {
        chart.look = this.told[at].same ? 0 : 1 + (at % 5);
        chart.update({ ...charts[at], start: this.told[at].start }, { range, preview: this.told[at].preview });
      }
    }
    const rows = this.told[0].strip.map((card, line) => [`${card.title} (${card.unit}), ${card.date}`, ...this.told.map((told) => `${told.strip[line].value}${told.same ? "" : ` (${told.strip[line].change}; higher in ${said(100 * told.strip[line].higher)}%)`}`)]);
    fill(this.numbers, table("Headline numbers; in brackets the change from the baseline and the share of runs in which it is higher", ["Outcome", ...states.map(nameOfState)], rows, { class: "whole" }));
  }

  // A chart of one state, with its name above it.
  makeChart(of, at) {
    const name = nameOfState(of);
    const button = (words, action) => h("button", { type: "button", class: "small", onclick: action, "aria-label": `${words} ${name}` }, words);
    const tools = at > 0 && !this.teams && [" ", button("Remove", () => change({ pins: state.pins.filter((_, other) => other !== at - 1) })), " ", button("Open", () => openState({ ...state, ...this.shown()[at], pins: state.pins }))];
    const heading = h("h4", { "data-own": true }, name, tools);
    const footer = () => `alliance ${world.version}; ${name}; ${said(of.runs)} runs, seed ${of.seed}. Conditional on the scenario; not a forecast.`;
    return new Chart({ height: 220, heading, caption: () => name, footer });
  }

  async showInputs(states) {
    try {
      const told = await call("inputs", { states: states.map(scenarioOf) });
      const spread = states.length > 1;
      const cells = (row) => [h("span", {}, h("code", {}, row.key), h("br", {}), row.meaning, row.unit ? ` (${row.unit})` : "", h("span", { class: `tag ${row.kind}` }, row.open ? "open assumption" : row.kind)), ...row.values.map((value, at) => h("span", {}, value, h("br", {}), h("span", { class: "range" }, row.origins[at]))), ...(spread ? (row.spread ?? ["", "", ""]).map((value) => (value === "" ? "" : said(value, Math.abs(value) < 10 ? 2 : 1))) : [])];
      const listed = () => [["Setting", "Meaning", "Unit", "Kind", "Baseline", ...states.map(nameOfState), ...(spread ? ["Lowest", "Highest", "Mean"] : [])], ...told.rows.map((row) => [row.key, row.meaning, row.unit, row.open ? "open assumption" : row.kind, ...row.values, ...(spread ? (row.spread ?? ["", "", ""]) : [])])];
      fill(this.inputs, told.rows.length > 0 && takeAway(() => "inputs", listed), told.rows.length ? table("Every setting that differs, inherited ones too, and where it is set", ["Setting", "Baseline", ...states.map(nameOfState), ...(spread ? ["Lowest", "Highest", "Mean"] : [])], told.rows.map(cells), { class: "inputs" }) : h("p", {}, "Nothing differs from the baseline."));
    } catch (error) {
      fill(this.inputs, h("p", { class: "wrong" }, error.message));
    }
  }

  // A long question about this state; its answer, drawn by `show`, stands below the buttons.
  async question(body, show) {
    const place = this.why.lastChild;
    const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
    const question = longQuestion({ state: scenarioOf(), date: state.date, ...body }, (done, total) => {
      bar.max = total || 1;
      bar.value = done;
    });
    fill(place, bar, " ", h("button", { type: "button", onclick: () => question.stop() }, "Stop"));
    try {
      const told = await question.result;
      fill(place, told && show(told));
    } catch (error) {
      fill(place, h("p", { class: "wrong" }, error.message));
    }
  }

  explain(subject) {
    const number = (value) => said(value, Math.abs(value) < 10 ? 3 : 1);
    return this.question({ kind: "why", subject }, (told) => table(`${told.title}, ${told.unit}, ${dateSaid(told.date, "month")}: ${number(told.from)} in the baseline, ${number(told.to)} here (means over ${told.runs} runs)`, ["Group of inputs", "Moves it by", "95% interval", "Through", "Grounds"], told.parts.map((part) => [groupSaid(part.group), number(part.mean), `${number(part.low)} to ${number(part.high)}`, part.through.join(" → "), part.open ? "depends on an open assumption" : ""])));
  }

  turn(subjects) {
    const tried = (told) => h("p", {}, `Each open assumption was put at both ends of its range, in the baseline and in this state alike (${told.tried} settings, ${told.runs} runs each).`);
    return this.question({ kind: "depends", subjects }, (told) => h("div", {}, tried(told), told.conclusions.map(conclusion)));
  }

  makeWorkshop() {
    const id = freshId("links");
    const links = h("textarea", { id, rows: 4, spellcheck: "false", placeholder: "One link to a line, as copied with “Copy link”" });
    return h("details", { class: "box" }, h("summary", {}, "Workshop: open the links of several teams"), h("form", { onsubmit: (event) => {
      event.preventDefault();
      const read = links.value.split("\n").map((line) => line.trim()).filter(Boolean).map(fromFragment);
      if (!read.length || read.some((of) => !of)) return notice("Each line must be a link of this page.");
      this.teams = read.slice(0, 12).map((of, at) => ({ ...pinOf(of), title: of.title || `Team ${at + 1}` }));
      return this.refresh();
    } }, h("label", { for: id }, "Links"), links, h("button", { type: "submit" }, "Open side by side")));
  }

  show() {}
}

const BECOMES = { reverses: "turns to the other side", "no longer clear": "is no longer clear", "becomes clear": "becomes clear" };

// One difference from the baseline, and the settings of an open assumption in which it is another.
function conclusion({ title, unit, difference, holds, settings, changed }) {
  if (!difference) return h("p", {}, `${title}: nothing was tried.`);
  const [mean, low, high] = difference;
  const places = Math.abs(mean) >= 10 ? 1 : 3;
  const of = ([middle, from, to]) => [signedWith(middle, places), `${signedWith(from, places)} to ${signedWith(to, places)}`];
  const clear = low > 0 || high < 0 ? "" : ", which is not clear of nought";
  const words = h("p", {}, h("b", {}, title), ` (${unit}): the difference from the baseline is ${of(difference)[0]} (95% interval ${of(difference)[1]})${clear}. This conclusion holds in ${holds} of ${settings} settings${changed.length ? "; in the others:" : "."}`);
  const key = (row) => h("span", {}, parameterOf(row.key)?.meaning ?? row.key, h("br", {}), h("code", {}, row.key));
  return h("div", {}, words, changed.length > 0 && table(title, ["Assumption", "is", "and the conclusion", "Difference", "95% interval"], changed.map((row) => [key(row), plainText(String(row.at)), BECOMES[row.change], ...of(row.to)])));
}

export function copyLink() {
  const address = `${location.href.split("#")[0]}#${toFragment()}`;
  return copied(address, "A link to this state");
}

