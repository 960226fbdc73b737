// Teaching: a locked baseline with a few levers, a prediction before the answer, and the last change once more.
import { dateSaid, fill, freshId, h, placesFor, said, select } from "./util.js";
import { before, change, state } from "./state.js";
import { Chart, legend } from "./charts.js";
import { footerText, lookOf, subjectChoices } from "./views.js";
import { variableOf, world } from "./world.js";

export class Teach {
  constructor(place) {
    this.place = place;
    this.chart = new Chart({ look: 1, height: 320, footer: footerText });
    this.setup = h("details", { class: "box" }, h("summary", {}, "Set up the lesson"), h("div", {}));
    this.task = h("div", {});
    this.hidden = h("div", { class: "covered" });
    fill(place, h("h2", {}, "Teach"), this.intro = h("p", {}, "Choose three levers and an outcome. The class predicts first and sees the answer then. The baseline stays as it is; the address carries the lesson, so a link gives every group the same one. A plan for 45 minutes is in docs/lesson.md."), this.setup, this.task, this.hidden, legend());
    this.opened();
  }

  lesson() {
    const levers = world.groups.flatMap((group) => group.levers).map((lever) => lever.key);
    const usual = ["us.commitment.posture", "europe.aid.replacement_long_run", "negotiation.hazard_per_year"].filter((key) => levers.includes(key));
    return state.lesson ?? { keys: usual.concat(levers).slice(0, 3), subject: world.charts[0], guess: null, revealed: true };
  }

  opened() {
    const lesson = this.lesson();
    this.intro.hidden = Boolean(state.lesson); // the class needs its task in sight, not how a lesson is set up
    const levers = world.groups.flatMap((group) => group.levers).map((lever) => [lever.key, lever.label]);
    const set = (parts) => change({ lesson: { ...this.lesson(), ...parts } });
    fill(
      this.setup.lastChild,
      h("div", { class: "bar" }, select("Outcome", subjectChoices().filter(([name]) => !variableOf(name.split(":")[0]).labels.length), lesson.subject, (subject) => {
        set({ subject, guess: null, revealed: true });
        this.opened();
      })),
      h("div", { class: "bar" }, [0, 1, 2].map((at) => select(`Lever ${at + 1}`, levers, lesson.keys[at], (key) => set({ keys: lesson.keys.map((old, place) => (place === at ? key : old)) })))),
      h("p", {}, state.lesson ? h("button", { type: "button", onclick: () => change({ lesson: null }) }, "End the lesson: all levers again") : h("button", { type: "button", onclick: () => set({}) }, "Start: show these levers only")),
    );
    const id = freshId("guess");
    if (!lesson.revealed && this.last) this.cover(this.last);
    const guess = h("input", { id, type: "number", step: "any", value: lesson.guess ?? "" });
    fill(
      this.task,
      lesson.revealed
        ? h("div", { class: "bar" }, h("button", { type: "button", onclick: () => { set({ revealed: false, guess: null }); this.opened(); } }, "Cover the answer and predict"), h("button", { type: "button", onclick: () => this.replay() }, "Replay the last change"))
        : h("form", { class: "bar", onsubmit: (event) => {
            event.preventDefault();
            set({ revealed: true, guess: guess.value === "" ? null : Number(guess.value) });
            this.opened();
          } }, h("span", { class: "field" }, h("label", { for: id }, "Move the levers, then predict the median at the end"), guess), h("button", { type: "submit" }, "Reveal")),
    );
  }

  wants() {
    return { charts: [this.lesson().subject], strip: false };
  }

  headline(told) {
    const [data] = told.charts;
    if (!data) return "";
    return this.lesson().revealed ? `${data.title}. ${data.sentence}` : `${data.title}: the answer is covered.`;
  }

  show(told) {
    const lesson = this.lesson();
    const [data] = told.charts;
    if (!data) return;
    this.last = data;
    if (!lesson.revealed) {
      this.cover(data);
      return;
    }
    if (!this.hidden.contains(this.chart.element)) fill(this.hidden, this.chart.element);
    this.chart.look = lookOf();
    const guess = lesson.guess;
    this.chart.update({ ...data, start: told.start, guess: data.kind === "fan" ? guess : null }, { preview: told.preview });
    if (guess !== null && data.kind !== "labels") {
      const is = data.kind === "share" ? 100 * data.values.at(-1) : data.values.at(-1)[2];
      const places = placesFor([is]);
      const inside = data.kind === "fan" && guess >= data.values.at(-1)[0] && guess <= data.values.at(-1)[4];
      fill(this.guessed ??= h("p", { class: "sentence" }), `Predicted ${said(guess, places)}; the median is ${said(is, places)}. ${data.kind === "fan" ? (inside ? "The prediction lies inside the band of 90% of runs." : "The prediction lies outside the band of 90% of runs.") : ""} What in the model makes the difference?`);
      this.hidden.prepend(this.guessed);
    } else this.guessed?.remove();
  }

  // What stands in place of the answer while the class predicts.
  cover(data) {
    const at = data.base ?? data.values;
    const words = data.kind === "share" ? `${said(100 * at.at(-1))}% of runs` : said(at.at(-1)[2], data.places);
    fill(this.hidden, h("div", { class: "cover" }, h("p", {}, h("b", {}, data.title), `, ${data.unit}`), h("p", {}, `The baseline ends at ${words} in ${dateSaid(data.dates.at(-1), data.every)}. Where does the median end with the levers as you set them?`)));
  }

  // The last change once more: as it was for a moment, then as it is.
  replay() {
    const earlier = before();
    if (!earlier) return;
    const { sets, events, rows, groups } = structuredClone(state);
    change({ sets: earlier.sets, events: earlier.events, rows: earlier.rows, groups: earlier.groups }, { step: false });
    setTimeout(() => change({ sets, events, rows, groups }, { step: false }), 1400);
  }
}

