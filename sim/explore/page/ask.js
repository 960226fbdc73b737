// Questions: what matters for an outcome, and what it would take to reach a level.
import { fill, freshId, h, said, select, signedWith, table, takeAway } from "./util.js";
import { scenarioOf, setKey, state } from "./state.js";
import { longQuestion } from "./source.js";
import { palette } from "./charts.js";
import { plainText } from "./levers.js";
import { dateField, footerText, subjectChoices } from "./views.js";
import { barColours, barsPicture } from "./stills.js";
import { parameterOf, world } from "./world.js";

function running(place, body, show) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const count = h("span", { class: "range" });
  const question = longQuestion(body, (done, total) => {
    bar.max = total || 1;
    bar.value = done;
    count.textContent = total ? ` ${done} of ${total}` : "";
  });
  fill(place, h("p", {}, bar, count, " ", h("button", { type: "button", onclick: () => question.stop() }, "Stop")));
  question.result.then(
    (told) => (told ? show(told) : fill(place, h("p", {}, "Stopped."))),
    (error) => fill(place, h("p", { class: "wrong" }, error.message)),
  );
}

export class Ask {
  constructor(place) {
    this.place = place;
    this.outcome = world.charts[0];
    this.form = h("div", {});
    this.matter = h("div", {});
    this.solved = h("div", {});
    fill(place, h("h2", {}, "Ask the model"), this.form, h("h3", {}, "What matters for this?"), h("div", { class: "bar" }, h("button", { type: "button", onclick: () => this.tornado("front") }, "Move each lever over its range"), h("button", { type: "button", onclick: () => this.tornado("open") }, "Move each open assumption over its range")), h("p", {}, "Or all at once: screening by Morris finds what moves the outcome whatever the rest; then the spread is shared out by Sobol over what the screening left. This takes a minute or two; the levers answer meanwhile."), h("div", { class: "bar" }, h("button", { type: "button", onclick: () => this.screen("front") }, "Screen the levers together"), h("button", { type: "button", onclick: () => this.screen("open") }, "Screen the open assumptions together")), this.matter, h("h3", {}, "What would it take?"), this.solveForm(), this.solved);
    this.opened();
  }

  opened() {
    fill(this.form, h("div", { class: "bar" }, select("Outcome", subjectChoices(), this.outcome, (name) => (this.outcome = name)), dateField()));
  }

  tornado(of) {
    running(this.matter, { kind: "tornado", state: scenarioOf(), subject: this.outcome, date: state.date, of }, (told) => fill(this.matter, tornadoPicture(told)));
  }

  screen(of) {
    running(this.matter, { kind: "matters", state: scenarioOf(), subject: this.outcome, date: state.date, of }, (told) => fill(this.matter, screenedPicture(told)));
  }

  solveForm() {
    const levers = world.groups.flatMap((group) => group.levers).filter((lever) => parameterOf(lever.key)?.domain.is === "number");
    let key = levers[0]?.key;
    let below = "above";
    const ids = ["level", "odds"].map(freshId);
    const level = h("input", { id: ids[0], type: "number", step: "any", required: true });
    const odds = h("input", { id: ids[1], type: "number", min: 1, max: 99, step: 1, value: 50, required: true });
    return h("form", { class: "bar", onsubmit: (event) => {
      event.preventDefault();
      running(this.solved, { kind: "solve", state: scenarioOf(), key, subject: this.outcome, date: state.date, level: Number(level.value), probability: Number(odds.value) / 100, below: below === "below" }, (told) => fill(this.solved, solvedPicture(told, key)));
    } }, select("Lever", levers.map((lever) => [lever.key, lever.label]), key, (chosen) => (key = chosen)), select("Outcome is", [["above", "at least"], ["below", "at most"]], below, (chosen) => (below = chosen)), h("span", { class: "field" }, h("label", { for: ids[0] }, "Level"), level), h("span", { class: "field" }, h("label", { for: ids[1] }, "In how many of 100 runs"), odds), h("button", { type: "submit" }, "Find it"));
  }

  wants() {
    return null;
  }
  refresh() {}
  show() {}
}

const bare = (text) => text.replaceAll('"', "");

function tornadoPicture(told) {
  if (!told.bars.length) return h("p", {}, `None of the ${told.moved} levers moves this outcome.`);
  const colours = palette();
  const most = Math.max(...told.bars.flatMap((bar) => bar.means.map(Math.abs)));
  const places = most >= 100 ? 0 : most >= 1 ? 2 : 3;
  const signed = (value) => signedWith(value, places);
  const picture = (bar) => {
    const holder = h("span", { class: "barholder" });
    const across = (value) => (50 + (48 * value) / most).toFixed(2);
    holder.innerHTML = `<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">${bar.means.map((mean, at) => `<rect x="${Math.min(50, across(mean))}" y="${at ? 6 : 1}" width="${Math.abs(across(mean) - 50).toFixed(2)}" height="5" fill="${colours.looks[at]}"/>`).join("")}<path d="M50 0V12" stroke="${colours.ink}" stroke-width=".5"/></svg>`;
    return holder;
  };
  const seen = told.bars.filter((bar) => bar.means.some((mean) => /[1-9]/.test(said(mean, places))));
  const faint = told.bars.filter((bar) => !seen.includes(bar)).map((bar) => bar.label);
  const title = `What moves ${told.title}, ${told.unit}, ${told.date}`;
  const rows = () => [["Key", "Low end", "Change at the low end", "±", "High end", "Change at the high end", "±"], ...told.bars.map((bar) => [bar.label, bare(bar.ends[0]), bar.means[0], bar.noise[0], bare(bar.ends[1]), bar.means[1], bar.noise[1]])];
  const still = () => barsPicture(title, told.bars.map((bar) => ({ label: bar.label, words: bar.means.map(signed).join(", "), bars: bar.means.map((mean, at) => [mean, barColours()[at]]) })), ["Blue: at the low end of its range. Orange: at the high end.", footerText()]);
  return h("div", {}, h("p", {}, `${told.title} (${told.unit}) in ${told.date}: mean ${said(told.middle, places)} as things stand. Each line moves one input alone; ${told.bars.length} of ${told.moved} move it (${told.runs} runs, the same for all). Blue bars: at the low end of its range; orange: at the high end.`), takeAway(() => "what_matters", rows, still, () => title), table("Change of the mean, largest first", ["Moved alone", "Bars", "at its low end", "at its high end"], seen.map((bar) => [bar.label, picture(bar), `${plainText(bar.ends[0])}: ${signed(bar.means[0])} (±${said(bar.noise[0], places)})`, `${plainText(bar.ends[1])}: ${signed(bar.means[1])} (±${said(bar.noise[1], places)})`])), faint.length > 0 && h("p", {}, `Less than ${said(0.5 * 10 ** -places, places + 1)} at both ends: ${faint.join("; ")}.`));
}

function screenedPicture(told) {
  if (!told.rows.length) return h("p", {}, `None of the ${told.moved} inputs moves this outcome.`);
  const colours = palette();
  const most = Math.max(...told.rows.map((row) => row.interval[1]));
  const places = most >= 100 ? 0 : most >= 1 ? 2 : 3;
  const part = (share) => `${said(100 * Math.max(0, share))}%`;
  const picture = (row) => {
    const holder = h("span", { class: "barholder" });
    const across = (value) => ((100 * Math.max(0, value)) / most).toFixed(2);
    holder.innerHTML = `<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="3" width="${across(row.size)}" height="6" fill="${colours.looks[row.effect < 0 ? 0 : 1]}"/><path d="M${across(row.interval[0])} 6H${across(row.interval[1])}" stroke="${colours.ink}" stroke-width=".8"/></svg>`;
    return holder;
  };
  const range = (row) => `${plainText(row.ends[0])} to ${plainText(row.ends[1])}`;
  const signed = (value) => signedWith(value, places);
  const lines = told.rows.slice(0, 24).map((row) => [row.label, picture(row), range(row), said(row.size, places), `${said(row.interval[0], places)} to ${said(row.interval[1], places)}`, signed(row.effect), row.share === undefined ? "not shared out" : `${part(row.share)} (${part(row.share_interval[0])} to ${part(row.share_interval[1])})`, row.alone === undefined ? "" : part(row.alone)]);
  const title = `What moves ${told.title}, ${told.unit}, ${told.date}, when all inputs move`;
  const rows = () => [["Input", "Low end", "High end", "Mean size", "2.5%", "97.5%", "Mean effect", "Share of the spread", "Alone"], ...told.rows.map((row) => [row.label, ...row.ends.map(bare), row.size, ...row.interval, row.effect, row.share ?? "", row.alone ?? ""])];
  const still = () => barsPicture(title, told.rows.slice(0, 24).map((row) => ({ label: row.label, words: said(row.size, places), bars: [[row.size, barColours()[row.effect < 0 ? 0 : 1]]], range: row.interval })), ["Orange bars raise it, blue bars lower it.", footerText()]);
  return h("div", {}, h("p", {}, `${told.title} (${told.unit}) in ${told.date}. ${told.rows.length} of ${told.moved} inputs move it; ${told.points[0]} points of the screening and ${told.points[1]} of the shares, ${told.runs} runs each, the same for all. Orange bars raise it, blue bars lower it. Shares are estimates from few points and can pass 100%.`), takeAway(() => "screened", rows, still, () => title), table("What moves the outcome when all inputs move, largest first", ["Input", "Bar", "Range", "Mean size of its effect", "95% interval", "Mean effect", "Share of the spread, with what it does together with others", "Alone"], lines));
}

function solvedPicture(told, key) {
  return h("div", {}, h("p", { class: "sentence" }, told.sentence), told.answer !== null && h("button", { type: "button", onclick: () => setKey(key, String(Number(told.answer.toPrecision(3)))) }, "Set the lever there"), table(`Share of runs along the lever (${told.runs} runs, the same at each)`, ["Lever", "Share of runs", "95% interval"], told.curve.map(([at, share, low, high]) => [said(at, 3), `${said(100 * share)}%`, `${said(100 * low)}% to ${said(100 * high)}%`])));
}
