// The views that answer at once: overview, members, war, aid; and the list of all assumptions with events.
import { fill, freshId, h, notice, placesFor, said, select, table, dateSaid } from "./util.js";
import { change, setKey, state } from "./state.js";
import { Chart, drawChart, legend, mixed, palette, rangeOf, valueSaid } from "./charts.js";
import { aboutKey, LeverControl } from "./levers.js";
import { withServer } from "./source.js";
import { nameOf, variableOf, world } from "./world.js";

const LEVELS = [1.5, 2, 2.5, 3, 3.5];
const SHADES = ["#00245B", "#31446B", "#666970", "#958F78", "#CBBA69", "#FDE737"];
const TWO_WAYS = ["#7B4A09", "#BF812D", "#EAD29B", "#F5F5F5", "#ACDCD4", "#359790", "#01544A"];

export const lookOf = () => (shownAlone() ? 0 : 1);
const shownAlone = () => !Object.keys(state.sets).length && !state.events.length && state.extends.length === 1 && world.scenarios.find((row) => row.name === state.extends[0])?.is_baseline;

export function footerText() {
  return `alliance ${world.version}; ${state.title || state.extends.join(", ")}${Object.keys(state.sets).length ? ", changed" : ""}; ${said(state.runs)} runs, seed ${state.seed}. Conditional on the scenario; not a forecast.`;
}

// Every subject a chart can have: variables, and for members and donors each entity.
export function subjectChoices() {
  const single = world.variables.filter((variable) => !variable.entity).map((variable) => [variable.name, variable.title]);
  const groups = world.variables.filter((variable) => variable.entity).flatMap((variable) => {
    const axis = world.axes[variable.entity];
    return (axis.groups.length ? axis.groups : []).map((code) => [`${variable.name}:${code}`, `${variable.title}: ${nameOf(code)}`]);
  });
  return [...single, ...groups];
}

export function dateField() {
  const { start, end } = span();
  const last = (Number(end.slice(0, 4)) - Number(start.slice(0, 4))) * 12 + Number(end.slice(5, 7)) - Number(start.slice(5, 7));
  const dayAt = (months) => {
    const at = new Date(Date.UTC(Number(start.slice(0, 4)), Number(start.slice(5, 7)) + months, 0));
    const text = at.toISOString().slice(0, 10);
    return text > end ? end : text;
  };
  const place = state.date ? (Number(state.date.slice(0, 4)) - Number(start.slice(0, 4))) * 12 + Number(state.date.slice(5, 7)) - Number(start.slice(5, 7)) : last;
  const id = freshId("date");
  const shown = h("output", { for: id }, dateSaid(state.date || end, "month"));
  return h("div", { class: "datefield" }, h("label", { for: id }, "Date"), h("input", {
    id, type: "range", min: 0, max: last, step: 1, value: Math.min(place, last), "aria-valuetext": dateSaid(state.date || end, "month"),
    oninput: (event) => {
      const day = dayAt(Number(event.target.value));
      shown.textContent = dateSaid(day, "month");
      event.target.setAttribute("aria-valuetext", dateSaid(day, "month"));
      change({ date: Number(event.target.value) === last ? "" : day }, { drag: true });
    },
  }), shown);
}

function span() {
  const row = world.scenarios.find((scenario) => scenario.name === state.extends.at(-1)) ?? world.scenarios[0];
  return { start: state.start || row.start, end: state.end || row.end };
}

class View {
  constructor(place) {
    this.place = place;
  }
  wants() {
    return { charts: [] };
  }
  show() {}
}

// The strip of headline numbers and two charts of the user's choice.
export class Overview extends View {
  constructor(place) {
    super(place);
    this.strip = h("div", { class: "strip" });
    this.pickers = [0, 1].map(() => h("div", { class: "picker" }));
    this.charts = [0, 1].map(() => new Chart({ look: 1, height: 250, footer: footerText }));
    this.dates = h("div", {});
    const id = freshId("single");
    this.single = h("input", { type: "checkbox", id, onchange: () => change({ single: this.single.checked }) });
    fill(place, h("h2", { class: "sr" }, "Overview"), h("div", { class: "pair" }, this.charts.map((chart, at) => h("div", {}, this.pickers[at], chart.element))), legend(), h("div", { class: "bar" }, this.dates, withServer && h("span", { class: "field" }, this.single, h("label", { for: id }, "20 single runs"))), this.strip);
    this.opened();
  }

  opened() {
    fill(this.dates, dateField());
    this.single.checked = state.single;
    for (const at of [0, 1]) {
      fill(this.pickers[at], select(`Chart ${at + 1}`, subjectChoices(), this.subjects()[at], (name) => {
        const charts = this.subjects();
        charts[at] = name;
        change({ charts });
      }));
    }
  }

  subjects() {
    return [0, 1].map((at) => state.charts[at] ?? world.charts[at]);
  }

  wants() {
    return { charts: this.subjects(), single: state.single };
  }

  show(told) {
    for (const [at, chart] of this.charts.entries()) {
      chart.look = lookOf();
      const data = told.charts.find((each) => each.id === this.subjects()[at]) ?? told.charts[at];
      if (data) chart.update({ ...data, start: told.start }, { preview: told.preview });
    }
    fill(this.strip, stripCards(told));
  }
}

export function stripCards(told) {
  const what = h("p", { class: "range" }, `Headline numbers, ${dateSaid(told.date, "month")}: median, 90% of runs${told.same ? "" : "; mean change from the baseline run by run, and in how many of the runs it is higher or lower"}.`);
  return [what, h(
    "ul",
    { class: "cards", "aria-label": "Headline numbers" },
    told.strip.map((card) =>
      h(
        "li",
        {},
        h("span", { class: "what" }, card.title),
        h("span", { class: "value" }, card.value),
        h("span", { class: "range" }, card.range ? `90%: ${card.range}` : "of runs"),
        !told.same && h("span", { class: `delta ${card.way}` }, card.change),
        !told.same && h("span", { class: "range" }, card.higher === null ? "" : `higher in ${said(100 * card.higher)}%, lower in ${said(100 * card.lower)}%`),
      ),
    ),
  )];
}

// Members on a tile grid, as small multiples, or one by one.
export class Members extends View {
  constructor(place) {
    super(place);
    this.bar = h("div", { class: "bar" });
    this.body = h("div", {});
    fill(place, h("h2", {}, "Members"), this.bar, this.body);
    this.opened();
  }

  variable() {
    return world.views.members.includes(state.tile) ? state.tile : world.views.members[0];
  }

  opened() {
    const choices = world.views.members.map((name) => [name, variableOf(name).title]);
    const pages = [["", "all members"], ...world.axes.member.codes.map((code) => [code, nameOf(code)])];
    const id = freshId("change");
    fill(
      this.bar,
      select("Quantity", choices, this.variable(), (tile) => change({ tile })),
      select("Show", pages, state.member, (member) => {
        change({ member });
        this.opened();
      }),
      !state.member && dateField(),
      !state.member && h("span", { class: "field" }, h("input", { type: "checkbox", id, checked: state.change, onchange: (event) => change({ change: event.target.checked }) }), h("label", { for: id }, "change from the baseline")),
    );
    this.built = null;
  }

  wants() {
    if (state.member) {
      const charts = world.views.members.map((name) => `${name}:${state.member}`);
      if (world.axes.donor?.codes.includes(state.member)) charts.push(...world.views.aid.map((name) => `${name}:${state.member}`));
      return { charts, strip: false };
    }
    return { charts: world.axes.member.codes.map((code) => `${this.variable()}:${code}`), tiles: this.variable(), strip: false };
  }

  show(told) {
    if (state.member) return this.showOne(told);
    const shown = `tiles`;
    if (this.built !== shown) {
      this.built = shown;
      this.tiles = h("div", { class: "tiles" });
      this.key = h("p", { class: "legend" });
      this.multiples = h("ul", { class: "multiples" });
      this.listing = h("details", { class: "table", ontoggle: () => this.list() }, h("summary", {}, "Table of members"));
      this.over = h("h3", {}, "Each member over time, on one scale");
      fill(this.body, this.tiles, this.key, this.listing, this.over, this.multiples);
    }
    if (!told.tiles.length) return fill(this.tiles, h("p", {}, "With levers moved, this page without a server holds the share of GDP only."));
    this.told = told;
    this.drawTiles(told);
    this.list();
    this.over.hidden = !told.charts.length;
    const range = rangeOf(told.charts);
    const charts = [...told.charts].sort((one, other) => (other.values.at(-1)?.[2] ?? 0) - (one.values.at(-1)?.[2] ?? 0));
    return fill(this.multiples, charts.map((chart) => {
      const code = chart.id.split(":")[1];
      const plot = h("div", {});
      plot.innerHTML = drawChart(chart, { width: 160, height: 80, mini: true, range, look: lookOf() }).svg;
      return h("li", {}, h("button", { type: "button", class: "name", onclick: () => openMember(this, code) }, nameOf(code)), plot, h("span", { class: "range" }, `${said(chart.values.at(-1)[2], chart.places)} in ${dateSaid(chart.dates.at(-1), chart.every)}`));
    }));
  }

  drawTiles(told) {
    const values = Object.fromEntries(told.tiles.map((tile) => [tile.code, tile]));
    const all = told.tiles.map((tile) => (state.change ? tile.change : tile.value)).filter(Number.isFinite);
    const unit = variableOf(this.variable()).unit;
    const places = placesFor(told.tiles.map((tile) => tile.value));
    const share = unit === "% of GDP";
    const sorted = [...all].sort((one, other) => one - other);
    const levels = state.change ? symmetric(all) : share ? LEVELS : [1, 2, 3, 4, 5].map((part) => sorted[Math.floor((part * sorted.length) / 6)] ?? 0);
    const shades = state.change ? TWO_WAYS : SHADES;
    const side = 62;
    const colours = palette();
    const out = [];
    const columns = 1 + Math.max(...Object.values(world.places).map(([, column]) => column));
    const rows = 1 + Math.max(...Object.values(world.places).map(([row]) => row));
    const grid = h("div", { class: "tilegrid", role: "group", "aria-label": `${variableOf(this.variable()).title}, ${unit}, ${dateSaid(told.date, "year")}` });
    for (const [code, [row, column]] of Object.entries(world.places)) {
      const tile = values[code];
      const value = tile ? (state.change ? tile.change : tile.value) : null;
      const shade = value === null ? colours.grid : shades[levels.filter((level) => value >= level).length];
      const words = value === null ? "no forces" : `${state.change && value > 0 ? "+" : ""}${said(value, places)}`;
      const button = h("button", { type: "button", disabled: !tile, "aria-label": `${nameOf(code)}: ${words} ${unit}`, onclick: () => openMember(this, code) }, h("b", {}, code), h("span", {}, value === null ? "" : words));
      button.style.gridRow = String(row + 1);
      button.style.gridColumn = String(column + 1);
      button.style.background = shade;
      button.style.color = value === null ? colours.ink : inkOn(shade);
      out.push(button);
    }
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    grid.style.gridTemplateRows = `repeat(${rows}, auto)`;
    grid.style.maxWidth = `${columns * side}px`;
    fill(this.tiles, fill(grid, out));
    fill(this.key, `${unit}: `, shades.map((shade, place) => {
      const swatch = h("span", { class: "swatch" });
      swatch.style.background = shade;
      const words = place === 0 ? `below ${said(levels[0], places)}` : place === shades.length - 1 ? `${said(levels.at(-1), places)} and more` : `from ${said(levels[place - 1], places)}`;
      return h("span", {}, swatch, words);
    }));
  }

  list() {
    if (!this.listing.open || !this.told) return;
    const places = placesFor(this.told.tiles.map((tile) => tile.value));
    const rows = [...this.told.tiles].sort((one, other) => other.value - one.value).map((tile) => [nameOf(tile.code), said(tile.value, places), `${said(tile.low, places)} to ${said(tile.high, places)}`, said(tile.change, places)]);
    this.listing.replaceChildren(this.listing.firstChild, table(`Members, ${dateSaid(this.told.date, "month")}`, ["Member", "Median", "90% of runs", "Change from the baseline"], rows));
  }

  showOne(told) {
    const shown = `one-${state.member}-${told.charts.map((chart) => chart.id)}`;
    if (this.built !== shown) {
      this.built = shown;
      this.charts = told.charts.map(() => new Chart({ look: 1, height: 230, footer: footerText }));
      const own = world.parameters.filter((parameter) => parameter.entities.includes(state.member)).map((parameter) => parameter.key.replace("*", state.member));
      this.own = own.map((key) => new LeverControl(key, {}));
      fill(this.body, h("h3", {}, nameOf(state.member)), h("div", { class: "many" }, this.charts.map((chart) => chart.element)), this.own.length > 0 && h("details", { class: "box" }, h("summary", {}, `Keys of ${nameOf(state.member)} alone`), this.own.map((control) => control.element)));
    }
    for (const [at, chart] of this.charts.entries()) {
      chart.look = lookOf();
      chart.update({ ...told.charts[at], start: told.start }, { preview: told.preview });
    }
    for (const control of this.own) control.update(null);
  }
}

function openMember(view, member) {
  change({ member });
  view.opened();
}

function symmetric(values) {
  const most = Math.max(1e-9, ...values.map(Math.abs));
  const size = 10 ** Math.floor(Math.log10(most));
  const step = ([0.1, 0.25, 0.5, 1].map((part) => part * size).find((part) => part * 5 >= most) ?? size);
  return [-5, -2.5, -0.5, 0.5, 2.5, 5].map((part) => (part * step) / 1);
}

function inkOn(shade) {
  const linear = [1, 3, 5].map((at) => parseInt(shade.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000000" : "#FFFFFF";
}

// A fixed set of charts one below the other.
export class ChartList extends View {
  constructor(place, title, names) {
    super(place);
    this.names = names;
    this.charts = names().map(() => new Chart({ look: 1, height: 260, footer: footerText }));
    this.bar = h("div", { class: "bar" });
    fill(place, h("h2", {}, title), this.bar, h("div", { class: "many" }, this.charts.map((chart) => chart.element)), legend());
    this.opened();
  }
  opened() {
    const id = freshId("single");
    fill(this.bar, withServer && h("span", { class: "field" }, h("input", { type: "checkbox", id, checked: state.single, onchange: (event) => change({ single: event.target.checked }) }), h("label", { for: id }, "20 single runs")));
  }
  wants() {
    return { charts: this.names(), strip: false, single: state.single };
  }
  show(told) {
    for (const [at, chart] of this.charts.entries()) {
      showChart(chart, told, this.names()[at]);
    }
  }
}

// A chart of a list; hidden where the answer does not hold it.
function showChart(chart, told, id) {
  const data = told.charts.find((each) => each.id === id);
  chart.element.hidden = !data;
  chart.look = lookOf();
  if (data) chart.update({ ...data, start: told.start }, { preview: told.preview });
}

// Aid by group over time and by donor at a date.
export class Aid extends View {
  constructor(place) {
    super(place);
    this.bar = h("div", { class: "bar" });
    this.charts = world.axes.donor.groups.map(() => new Chart({ look: 1, height: 230, footer: footerText }));
    this.donors = h("div", {});
    this.one = new Chart({ look: 1, height: 230, footer: footerText });
    this.own = h("div", {});
    fill(place, h("h2", {}, "Aid to Ukraine"), this.bar, h("div", { class: "many" }, this.charts.map((chart) => chart.element)), h("h3", {}, "One donor"), this.own, h("div", { class: "many" }, this.one.element), h("h3", {}, "All donors"), this.donors);
    this.opened();
  }

  measure() {
    return world.views.aid.includes(state.measure) ? state.measure : world.views.aid[0];
  }

  opened() {
    fill(this.bar, select("Measure", world.views.aid.map((name) => [name, variableOf(name).title]), this.measure(), (measure) => change({ measure })), dateField());
    this.openDonor();
  }

  donor() {
    const single = world.axes.donor.codes.filter((code) => !world.axes.donor.groups.includes(code) || code === "USA");
    return single.includes(state.donor) ? state.donor : single.includes("DEU") ? "DEU" : single[0];
  }

  // The choice of a donor, with the keys that are about it alone.
  openDonor() {
    const single = world.axes.donor.codes.filter((code) => !world.axes.donor.groups.includes(code) || code === "USA");
    const keys = world.parameters.filter((parameter) => parameter.entities.includes(this.donor())).map((parameter) => parameter.key.replace("*", this.donor()));
    const controls = keys.map((key) => new LeverControl(key, {}));
    for (const control of controls) control.update(null);
    fill(this.own, select("Donor", single.map((code) => [code, nameOf(code)]), this.donor(), (donor) => {
      change({ donor });
      this.openDonor();
    }), withServer && controls.length > 0 && h("details", { class: "box" }, h("summary", {}, `Keys of ${nameOf(this.donor())} alone`), controls.map((control) => control.element)));
  }

  wants() {
    const codes = [...world.axes.donor.groups, this.donor()];
    return { charts: [...new Set(codes)].map((code) => `${this.measure()}:${code}`), donors: this.measure(), strip: false };
  }

  show(told) {
    for (const [at, chart] of this.charts.entries()) {
      showChart(chart, told, `${this.measure()}:${world.axes.donor.groups[at]}`);
    }
    showChart(this.one, told, `${this.measure()}:${this.donor()}`);
    if (!told.donors.length) return fill(this.donors, h("p", {}, "Single donors are stored for unchanged scenarios only."));
    const single = told.donors.filter((tile) => !world.axes.donor.groups.includes(tile.code) || tile.code === "USA").sort((one, other) => other.value - one.value);
    const most = Math.max(1e-9, ...single.map((tile) => tile.high));
    const bar = (tile) => {
      const across = (value) => ((100 * Math.max(0, value)) / most).toFixed(2);
      const holder = h("span", { class: "barholder" });
      const colours = palette();
      const tone = colours.looks[lookOf()];
      holder.innerHTML = `<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="2" width="${across(tile.value)}" height="6" fill="${mixed(tone, colours.paper, 0.7)}"/><path d="M${across(tile.low)} 5H${across(tile.high)}" stroke="${colours.ink}" stroke-width="1"/></svg>`;
      return holder;
    };
    fill(this.donors, table(`Aid by donor, ${dateSaid(told.date, "month")}, ${variableOf(this.measure()).unit}, cumulative`, ["Donor", "", "Median", "90% of runs", "Change from the baseline"], single.map((tile) => [nameOf(tile.code), bar(tile), said(tile.value, 1), `${said(tile.low, 1)} to ${said(tile.high, 1)}`, said(tile.change, 2)])));
    return undefined;
  }
}

// Every parameter, searchable, and the events of this state.
export class Assumptions extends View {
  constructor(place) {
    super(place);
    const id = freshId("search");
    this.search = h("input", { id, type: "search", autocomplete: "off", placeholder: "aid, troops, Germany, threat…", oninput: () => this.list() });
    this.results = h("div", { class: "parameters" });
    this.count = h("p", { class: "range" });
    this.events = h("div", {});
    fill(place, h("h2", {}, "Assumptions"), h("p", {}, "Every parameter of the model: what it means, whether it is data, an estimate or an assumption, and where it comes from. A value set here is part of the state like any lever."), h("div", { class: "field" }, h("label", { for: id }, "Search"), this.search), this.count, this.results, h("h2", {}, "Events and packages"), h("p", {}, "An event sets keys from a date on, until another date if one is given, in every run or with a probability. A sum of aid in a month, a ceasefire on a day, a shock to the commitment: each is an event."), this.events);
    this.opened();
  }

  opened() {
    this.list();
    this.listEvents();
  }

  matching() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (parameter) => words.every((word) => {
      const codes = parameter.entities.some((code) => nameOf(code).toLowerCase().includes(word));
      return codes || `${parameter.key} ${parameter.meaning} ${parameter.kind} ${parameter.system}`.toLowerCase().includes(word);
    });
    return world.parameters.filter(fits);
  }

  list() {
    const found = this.matching();
    this.count.textContent = `${found.length} of ${world.parameters.length} parameters`;
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
      const choose = (code) => fill(place, control(parameter.key.replace("*", code)));
      fill(inside, h("p", {}, parameter.meaning), select("For", parameter.entities.map((code) => [code, nameOf(code)]), first, choose), place);
      choose(first);
    } else {
      fill(inside, control(parameter.key), aboutKey(parameter.key));
    }
    const written = this.written(parameter);
    box.append(fill(inside, ...inside.childNodes, written));
  }

  // A value in the notation of a scenario file: a distribution, weights, a dated path.
  written(parameter) {
    const id = freshId("toml");
    const keyId = freshId("key");
    const key = h("input", { id: keyId, type: "text", value: parameter.key, spellcheck: "false" });
    const input = h("input", { id, type: "text", spellcheck: "false", placeholder: '{ dist = "uniform", low = 0.2, high = 0.6 }' });
    return h("form", { class: "bar", onsubmit: (event) => {
      event.preventDefault();
      if (input.value.trim()) setKey(key.value.trim(), input.value.trim());
    } }, h("span", { class: "field" }, h("label", { for: keyId }, "Key"), key), h("span", { class: "field" }, h("label", { for: id }, "Value as in a scenario file"), input), h("button", { type: "submit" }, "Set"));
  }

  listEvents() {
    const { start, end } = span();
    const ids = ["name", "date", "until", "key", "value", "probability"].map((name) => [name, freshId(name)]);
    const inputs = Object.fromEntries(ids.map(([name, id]) => [name, h("input", {
      id, type: name === "date" || name === "until" ? "date" : name === "probability" ? "number" : "text", min: name === "probability" ? 0 : name === "date" ? start : null, max: name === "probability" ? 1 : name === "date" ? end : null, step: name === "probability" ? "any" : null, required: ["name", "date", "key", "value"].includes(name), list: name === "key" ? "event-keys" : null, spellcheck: "false",
    })]));
    const labels = { name: "Name", date: "From", until: "Until (may be empty)", key: "Key", value: "Value", probability: "Probability (1 if empty)" };
    const keys = world.parameters.filter((parameter) => !parameter.at_start).map((parameter) => parameter.key);
    this.listed = h("div", {});
    this.showEvents();
    fill(
      this.events,
      this.listed,
      h("datalist", { id: "event-keys" }, keys.map((key) => h("option", { value: key }))),
      h("form", { class: "bar", onsubmit: (submitted) => {
        submitted.preventDefault();
        const value = (name) => inputs[name].value.trim();
        if (state.events.some((event) => event.name === value("name"))) return notice("Each event has a name of its own.");
        const event = { name: value("name"), date: value("date"), set: { [value("key")]: /^[A-Za-z_][\w-]*$/.test(value("value")) && !/^(true|false)$/.test(value("value")) ? JSON.stringify(value("value")) : value("value") } };
        if (value("until")) event.until = value("until");
        if (value("probability")) event.probability = Number(value("probability"));
        return change({ events: [...state.events, event] });
      } }, ids.map(([name, id]) => h("span", { class: "field" }, h("label", { for: id }, labels[name]), inputs[name])), h("button", { type: "submit" }, "Add event")),
    );
  }

  showEvents() {
    fill(this.listed, state.events.length > 0 && h("ul", {}, state.events.map((event, at) => h("li", {}, `${event.name}: ${event.date ?? event.when ?? ""}${event.until ? ` to ${event.until}` : ""}, ${Object.entries(event.set ?? {}).map(([key, value]) => `${key} = ${value}`).join(", ")}${event.probability !== undefined && event.probability !== 1 ? `, with probability ${event.probability}` : ""} `, h("button", { type: "button", class: "small", onclick: () => change({ events: state.events.filter((_, other) => other !== at) }), "aria-label": `Remove event ${event.name}` }, "Remove")))));
  }

  wants() {
    return { charts: [], strip: true };
  }

  show() {
    this.showEvents();
  }
}
