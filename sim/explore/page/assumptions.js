// Every parameter of the model, searchable, with a form for each.
import { fill, freshId, h, select } from "./util.js";
import { scenarioOf, setKey, state } from "./state.js";
import { call } from "./source.js";
import { aboutKey, LeverControl } from "./levers.js";
import { asValue } from "./events.js";
import { View } from "./views.js";
import { groupsFor, nameOf, world } from "./world.js";

export class Assumptions extends View {
  constructor(place) {
    super(place);
    const id = freshId("search");
    this.search = h("input", { id, type: "search", autocomplete: "off", placeholder: "aid, troops, Germany, threat…", oninput: () => this.list() });
    this.results = h("div", { class: "parameters" });
    this.count = h("p", { class: "range" });
    fill(place, h("h2", {}, "Assumptions"), h("p", {}, "Every parameter of the model: what it means, whether it is data, an estimate or an assumption, and where it comes from. A value set here is part of the state like any lever."), h("div", { class: "field" }, h("label", { for: id }, "Search"), this.search), this.count, this.results);
    this.opened();
  }

  opened() {
    this.list();
  }

  matching() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (parameter) => words.every((word) => {
      const codes = parameter.entities.some((code) => nameOf(code).toLowerCase().includes(word));
      return codes || `${parameter.key} ${parameter.meaning} ${parameter.kind} ${parameter.system}`.toLowerCase().includes(word);
    });
    return world.parameters.filter((parameter) => parameter.domain.is !== "rows" && fits(parameter));
  }

  list() {
    const found = this.matching();
    this.count.textContent = `${found.length} of ${world.parameters.filter((parameter) => parameter.domain.is !== "rows").length} parameters`;
    fill(this.results, found.slice(0, 60).map((parameter) => h("details", { class: "box", ontoggle: (event) => event.target.open && this.openOne(event.target, parameter) }, h("summary", {}, h("code", {}, parameter.key), ` ${parameter.default}`, h("span", { class: `tag ${parameter.kind}` }, parameter.open ? "open assumption" : parameter.kind)))), found.length > 60 && h("p", {}, "Type more of a word to see the rest."));
  }

  openOne(box, parameter) {
    if (box.querySelector(".inside")) return;
    const inside = h("div", { class: "inside" });
    const control = (key) => {
      const lever = new LeverControl(key, {});
      lever.update(null);
      return lever.element;
    };
    const place = h("div", {});
    if (parameter.entities.length) {
      const words = this.search.value.toLowerCase().trim();
      const first = parameter.entities.find((code) => words && nameOf(code).toLowerCase().includes(words.split(/\s+/).at(-1))) ?? parameter.entities[0];
      const choose = (code) => fill(place, control(parameter.key.replace("*", code)), this.written(parameter.key.replace("*", code)));
      fill(inside, h("p", {}, parameter.meaning), select("For", [...parameter.entities.map((code) => [code, nameOf(code)]), ...groupsFor(parameter, state.groups)], first, choose), place);
      choose(first);
    } else {
      fill(inside, control(parameter.key), aboutKey(parameter.key), this.written(parameter.key));
    }
    box.append(inside);
  }

  // A value in the notation of a scenario file: a distribution, weights, a dated path.
  written(key) {
    const id = freshId("toml");
    const wrong = h("p", { class: "wrong", id: freshId("wrong"), role: "alert" });
    const input = h("input", { id, type: "text", spellcheck: "false", "aria-describedby": wrong.id, placeholder: '{ dist = "uniform", low = 0.2, high = 0.6 }' });
    return h("form", { class: "bar", onsubmit: async (event) => {
      event.preventDefault();
      const text = input.value.trim() && asValue(input.value.trim(), key);
      wrong.textContent = "";
      try {
        if (!text) return;
        await call("scenario", { state: { ...scenarioOf(), sets: { ...state.sets, [key]: text } } });
        setKey(key, text);
      } catch (error) {
        wrong.textContent = (error.problems ?? [error]).map((problem) => problem.message).join("\n");
      }
    } }, h("span", { class: "field" }, h("label", { for: id }, h("code", {}, key), " as in a scenario file"), input), h("button", { type: "submit" }, "Set"), wrong);
  }

  wants() {
    return { charts: [], strip: true };
  }

  show() {}
}
