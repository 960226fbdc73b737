// The views that answer at once: overview, members, war, aid; and the list of all assumptions with events.
import { dateSaid, fill, freshId, h, placesFor, said, select, signedWith, table, takeAway } from "./util.js";
import { change, isChanged, state } from "./state.js";
import { Chart, drawChart, inkOn, legend, mixed, palette, rangeOf, rowsOf, valueSaid } from "./charts.js";
import { barColours, barsPicture, multiplesPicture, tilesPicture } from "./stills.js";
import { LeverControl } from "./levers.js";
import { nameOfState } from "./compare.js";
import { withServer } from "./source.js";
import { groupsFor, nameOf, variableOf, world } from "./world.js";

const LEVELS = [1.5, 2, 2.5, 3, 3.5];
const HIGH_LEVELS = [2, 2.5, 3, 4, 5];
const SHADES = ["#00245B", "#31446B", "#666970", "#958F78", "#CBBA69", "#FDE737"];
const TWO_WAYS = ["#7B4A09", "#BF812D", "#EAD29B", "#F5F5F5", "#ACDCD4", "#359790", "#01544A"];

export const lookOf = () => (shownAlone() ? 0 : 1);
const shownAlone = () => !isChanged() && state.extends.length === 1 && world.scenarios.find((row) => row.name === state.extends[0])?.is_baseline;

export function footerText() {
  return `alliance ${world.version}; ${state.title ? `${state.title}${isChanged() ? ", changed" : ""}` : nameOfState(state)}; ${said(state.runs)} runs, seed ${state.seed}. Conditional on the scenario; not a forecast.`;
}

// Every subject a chart can have: variables, and for members and donors each entity.
export function subjectChoices() {
  const single = world.variables.filter((variable) => !variable.entity).map((variable) => [variable.name, variable.title]);
  const groups = world.variables.filter((variable) => variable.entity).flatMap((variable) => {
    const axis = world.axes[variable.entity];
    const together = withServer && variable.together ? groupsFor({ entities: axis.codes }, state.groups) : [];
    return [...axis.groups.map((code) => [code, nameOf(code)]), ...together].map(([code, name]) => [`${variable.name}:${code}`, `${variable.title}: ${name}`]);
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

// Whether 20 single runs are drawn upon the bands.
export function singleField() {
  const id = freshId("single");
  return withServer && h("span", { class: "field" }, h("input", { type: "checkbox", id, checked: state.single, onchange: (event) => change({ single: event.target.checked }) }), h("label", { for: id }, "20 single runs"));
}

export function span() {
  const row = world.scenarios.find((scenario) => scenario.name === state.extends.at(-1)) ?? world.scenarios[0];
  return { start: state.start || row.start, end: state.end || row.end };
}

export class View {
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
    this.single = h("span", {});
    fill(place, h("h2", { class: "sr" }, "Overview"), h("div", { class: "pair" }, this.charts.map((chart, at) => h("div", {}, this.pickers[at], chart.element))), legend(), h("div", { class: "bar" }, this.dates, this.single), this.strip);
    this.opened();
  }

  opened() {
    fill(this.dates, dateField());
    fill(this.single, singleField());
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
    const pages = [["", "all members"], ...world.axes.member.codes.map((code) => [code, nameOf(code)]), ...(withServer ? groupsFor({ entities: world.axes.member.codes }, state.groups) : [])];
    const id = freshId("change");
    fill(
      this.bar,
      !state.member && select("Quantity", choices, this.variable(), (tile) => change({ tile })),
      select("Show", pages, state.member, (member) => {
        change({ member });
        this.opened();
      }),
      state.member ? singleField() : dateField(),
      !state.member && h("span", { class: "field" }, h("input", { type: "checkbox", id, checked: state.change, onchange: (event) => change({ change: event.target.checked }) }), h("label", { for: id }, "change from the baseline")),
    );
    this.built = null;
  }

  wants() {
    if (state.member) {
      const single = world.axes.member.codes.includes(state.member);
      const charts = world.views.members.filter((name) => single || variableOf(name).together).map((name) => `${name}:${state.member}`);
      if (world.axes.donor?.codes.includes(state.member)) charts.push(...world.views.aid.map((name) => `${name}:${state.member}`));
      return { charts, strip: false, single: state.single };
    }
    return { charts: world.axes.member.codes.map((code) => `${this.variable()}:${code}`), tiles: this.variable(), strip: false };
  }

  headline(told) {
    const [first] = told.charts;
    return state.member && first ? `${first.title}. ${first.sentence}` : "";
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
      this.over = h("div", {});
      const tiled = takeAway(() => `members_${this.variable()}`, () => this.rows(), () => tilesPicture(this.tiledTitle(), this.drawnTiles, this.shadeKeys, [footerText()]), () => this.tiledTitle());
      const over = () => `${variableOf(this.variable()).title}, ${variableOf(this.variable()).unit}`;
      const many = takeAway(() => `members_over_time_${this.variable()}`, () => this.charted.flatMap((chart, at) => rowsOf(chart).slice(at ? 1 : 0).map((row, line) => [at || line ? nameOf(chart.id.split(":")[1]) : "member", ...row])), () => multiplesPicture(over(), this.charted, (chart) => nameOf(chart.id.split(":")[1]), { range: rangeOf(this.charted), look: lookOf() }, [this.charted[0].note, footerText()].filter(Boolean)), over);
      this.splitNote = h("p", { class: "range" });
      fill(this.over, h("h3", {}, "Each member over time, on one scale"), this.splitNote, many);
      fill(this.body, this.tiles, this.key, h("div", { class: "below" }, this.listing, tiled), this.over, this.multiples);
    }
    if (!told.tiles.length) return fill(this.tiles, h("p", {}, "With levers moved, this page without a server holds the share of GDP only."));
    this.told = told;
    this.drawTiles(told);
    this.list();
    this.over.hidden = !told.charts.length;
    const range = rangeOf(told.charts);
    const charts = [...told.charts].sort((one, other) => (other.values.at(-1)?.[2] ?? 0) - (one.values.at(-1)?.[2] ?? 0));
    this.charted = charts;
    this.splitNote.textContent = charts[0]?.note ?? "";
    // The date of the slider is the one whose value stands below; the pointer shows others.
    return fill(this.multiples, charts.map((chart) => {
      const code = chart.id.split(":")[1];
      const plot = h("div", {});
      const drawn = drawChart(chart, { width: 160, height: 80, mini: true, range, look: lookOf() });
      plot.innerHTML = drawn.svg;
      const at = Math.max(0, chart.dates.filter((date) => date <= told.date).length - 1);
      const value = h("span", { class: "range" });
      const read = (place) => (value.textContent = `${said(chart.values[place][2], chart.places)} (${said(chart.values[place][0], chart.places)} to ${said(chart.values[place][4], chart.places)}) in ${dateSaid(chart.dates[place], chart.every)}`);
      plot.addEventListener("pointermove", (event) => read(drawn.nearest((160 * (event.clientX - plot.getBoundingClientRect().left)) / plot.clientWidth)));
      plot.addEventListener("pointerleave", () => read(at));
      read(at);
      return h("li", {}, h("button", { type: "button", class: "name", onclick: () => openMember(this, code) }, nameOf(code)), plot, value);
    }));
  }

  tiledTitle() {
    return `${variableOf(this.variable()).title}, ${variableOf(this.variable()).unit}, ${dateSaid(this.told.date, "month")}${state.change ? ": change from the baseline" : ""}`;
  }

  // The numbers of the tiles, largest first, with their heads.
  rows() {
    const rows = [...this.told.tiles].sort((one, other) => other.value - one.value).map((tile) => [nameOf(tile.code), tile.value, tile.low, tile.high, tile.change]);
    return [["Member", "Median", "5% of runs", "95% of runs", "Change from the baseline"], ...rows];
  }

  // Shades of shares of GDP: the same at every date and in every state held against one baseline, and finer where its members are at the end.
  shareLevels(told) {
    const ends = told.charts.map((chart) => (chart.base ?? chart.values).at(-1)[2]).sort((one, other) => one - other);
    return ends[Math.floor(ends.length / 2)] > LEVELS[3] ? HIGH_LEVELS : LEVELS;
  }

  drawTiles(told) {
    const values = Object.fromEntries(told.tiles.map((tile) => [tile.code, tile]));
    const all = told.tiles.map((tile) => (state.change ? tile.change : tile.value)).filter(Number.isFinite);
    const unit = variableOf(this.variable()).unit;
    const places = placesFor(told.tiles.map((tile) => tile.value));
    const share = unit === "% of GDP";
    const sorted = [...all].sort((one, other) => one - other);
    const levels = state.change ? symmetric(all) : share ? this.shareLevels(told) : [1, 2, 3, 4, 5].map((part) => sorted[Math.floor((part * sorted.length) / 6)] ?? 0);
    const shades = state.change ? TWO_WAYS : SHADES;
    const side = 62;
    const colours = palette();
    const out = [];
    this.drawnTiles = [];
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
      this.drawnTiles.push({ code, words: value === null ? "" : words, shade: value === null ? "#E4E4E4" : shade, place: [row, column] });
    }
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    grid.style.gridTemplateRows = `repeat(${rows}, auto)`;
    grid.style.maxWidth = `${columns * side}px`;
    fill(this.tiles, fill(grid, out));
    this.shadeKeys = shades.map((shade, place) => [shade, place === 0 ? `below ${said(levels[0], places)}` : place === shades.length - 1 ? `${said(levels.at(-1), places)} and more` : `from ${said(levels[place - 1], places)}`]);
    fill(this.key, `${unit}: `, this.shadeKeys.map(([shade, words]) => {
      const swatch = h("span", { class: "swatch" });
      swatch.style.background = shade;
      return h("span", {}, swatch, words);
    }));
  }

  list() {
    if (!this.listing.open || !this.told) return;
    const places = placesFor(this.told.tiles.map((tile) => tile.value));
    const rows = this.rows().slice(1).map(([name, value, low, high, moved]) => [name, said(value, places), `${said(low, places)} to ${said(high, places)}`, signedWith(moved, places)]);
    this.listing.replaceChildren(this.listing.firstChild, table(`Members, ${dateSaid(this.told.date, "month")}`, ["Member", "Median", "90% of runs", "Change from the baseline"], rows));
  }

  showOne(told) {
    const shown = `one-${state.member}-${told.charts.map((chart) => chart.id)}`;
    if (this.built !== shown) {
      this.built = shown;
      this.charts = told.charts.map(() => new Chart({ look: 1, height: 230, footer: footerText }));
      const own = keysOf(state.member);
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

// The keys of one member, donor or group.
const keysOf = (code) => world.parameters.filter((parameter) => parameter.entities.length && (parameter.entities.includes(code) || groupsFor(parameter, state.groups).some(([name]) => name === code))).map((parameter) => parameter.key.replace("*", code));

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
    fill(this.bar, singleField());
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
    fill(this.bar, select("Measure", world.views.aid.map((name) => [name, variableOf(name).title]), this.measure(), (measure) => change({ measure })), dateField(), singleField());
    this.openDonor();
  }

  singles() {
    const codes = world.axes.donor.codes.filter((code) => !world.axes.donor.groups.includes(code) || code === "USA");
    return [...codes.map((code) => [code, nameOf(code)]), ...(withServer ? groupsFor({ entities: codes }, state.groups) : [])];
  }

  donor() {
    const single = this.singles().map(([code]) => code);
    return single.includes(state.donor) ? state.donor : single.includes("DEU") ? "DEU" : single[0];
  }

  // The choice of a donor, with the keys that are about it alone.
  openDonor() {
    const single = this.singles();
    const keys = keysOf(this.donor());
    const controls = keys.map((key) => new LeverControl(key, {}));
    for (const control of controls) control.update(null);
    fill(this.own, select("Donor", single, this.donor(), (donor) => {
      change({ donor });
      this.openDonor();
    }), withServer && controls.length > 0 && h("details", { class: "box" }, h("summary", {}, `Keys of ${nameOf(this.donor())} alone`), controls.map((control) => control.element)));
  }

  wants() {
    const codes = [...world.axes.donor.groups, this.donor()];
    return { charts: [...new Set(codes)].map((code) => `${this.measure()}:${code}`), donors: this.measure(), strip: false, single: state.single };
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
    const title = `Aid by donor, ${dateSaid(told.date, "month")}, ${variableOf(this.measure()).unit}, cumulative`;
    const rows = () => [["Donor", "Median", "5% of runs", "95% of runs", "Change from the baseline"], ...single.map((tile) => [nameOf(tile.code), tile.value, tile.low, tile.high, tile.change])];
    const picture = () => barsPicture(title, single.filter((tile) => tile.high > 0).map((tile) => ({ label: nameOf(tile.code), words: `${said(tile.value, 1)} (${said(tile.low, 1)} to ${said(tile.high, 1)})`, bars: [[tile.value, barColours()[lookOf()]]], range: [tile.low, tile.high] })), [footerText()]);
    fill(this.donors, takeAway(() => `donors_${this.measure()}`, rows, picture, () => title), table(title, ["Donor", "Bar", "Median", "90% of runs", "Change from the baseline"], single.map((tile) => [nameOf(tile.code), bar(tile), said(tile.value, 1), `${said(tile.low, 1)} to ${said(tile.high, 1)}`, signedWith(tile.change, 1)])));
    return undefined;
  }
}
