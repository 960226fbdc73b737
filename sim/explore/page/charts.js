// Small SVG charts: fans, shares and labels over time, with values by pointer and keyboard, a table and downloads.
import { dateSaid, escaped, fill, h, said, table, takeAway } from "./util.js";

export const LIGHT = { paper: "#FFFFFF", ink: "#1A1A1A", muted: "#595959", grid: "#E4E4E4", rule: "#8C8C8C", looks: ["#0A5A9C", "#C8500A", "#3FA27C", "#4B1247", "#7A6200", "#B0307A"] };
const DARK = { paper: "#14181D", ink: "#F0F0F0", muted: "#B4BAC2", grid: "#303842", rule: "#7C8793", looks: ["#6FB1E8", "#F0935A", "#6CC9A5", "#D3A6DE", "#D9C05A", "#F08BC0"] };
const DASHES = ["", "6 2", "4 2 1 2", "2 2", "9 3"];

const darkness = matchMedia("(prefers-color-scheme: dark)");
export const palette = () => (darkness.matches ? DARK : LIGHT);
export const onTheme = (redraw) => darkness.addEventListener("change", redraw);

export function mixed(colour, paper, strength) {
  const part = (of, at) => parseInt(of.slice(at, at + 2), 16);
  return `#${[1, 3, 5].map((at) => Math.round(part(paper, at) + (part(colour, at) - part(paper, at)) * strength).toString(16).padStart(2, "0")).join("")}`;
}

// Black or white, whichever can be read on a shade.
export function inkOn(shade) {
  const linear = [1, 3, 5].map((at) => parseInt(shade.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000000" : "#FFFFFF";
}

const day = (text) => Date.parse(text);
const YEAR = 365.25 * 86400e3;

function niceTicks(low, high, wanted) {
  const span = high - low || 1;
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= raw);
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-6; tick += step) ticks.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return { ticks, step };
}

// From when on what was reported is drawn: all years, but only the last months of what is told by month.
const firstShown = (chart) => (chart.every === "year" ? -Infinity : day(chart.dates[0]) - 2.1 * YEAR);

// The range of a chart's vertical axis; it stays while the values fit, so that a moving lever does not shake the axis.
export function rangeOf(charts, held = null) {
  let low = Infinity;
  let high = -Infinity;
  const see = (value) => {
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  };
  for (const chart of charts) {
    if (chart.kind !== "fan") {
      see(0);
      see(1);
      continue;
    }
    for (const set of [chart.values, chart.base ?? []]) for (const row of set) (see(row[0]), see(row[4]));
    const earliest = firstShown(chart);
    for (const points of [chart.history, chart.since, chart.unlike]) {
      for (const [place, value] of (points?.values ?? []).entries()) if (day(points.dates[place]) >= earliest) see(value);
    }
    for (const run of chart.single ?? []) run.forEach(see);
    if (chart.unit.startsWith("members")) see(0);
    if (chart.guess) see(chart.guess);
  }
  if (!Number.isFinite(low)) return [0, 1];
  if (low === high) (low -= Math.abs(low) * 0.1 || 1), (high += Math.abs(high) * 0.1 || 1);
  const room = (high - low) * 0.06;
  const wanted = [low >= 0 && low < (high - low) * 0.3 ? 0 : low - (low === 0 ? 0 : room), high + room];
  if (charts.every((chart) => chart.kind !== "fan")) return [0, 1];
  if (held && held[0] <= low && held[1] >= high && wanted[1] - wanted[0] > (held[1] - held[0]) * 0.55) return held;
  return wanted;
}

// The picture of one chart as SVG text. `look` numbers the colour of the state; the baseline keeps its own.
export function drawChart(chart, { width = 560, height = 300, look = 1, range = null, marker = "", mini = false, colours = palette(), title = "", notes = [] } = {}) {
  const right = mini ? 4 : 62;
  const top = mini ? 4 : title ? 46 : 10;
  const bottom = mini ? 4 : 26 + 14 * notes.length;
  const days = chart.dates.map(day);
  const fan = chart.kind === "fan";
  const history = fan ? chart.history : null;
  const earliest = firstShown(chart);
  const past = (history?.dates ?? []).map((text, place) => [day(text), history.values[place]]).filter(([at]) => at >= earliest && at < days[0]);
  const parts = past.filter(([at]) => Object.keys(history.splits).some((when) => day(when) === at)).map(([at]) => past.findIndex(([other]) => other === at)).filter((first) => first > 0);
  const x0 = past.length ? past[0][0] : days[0] - (chart.every === "year" ? 0.4 * YEAR : 0);
  const x1 = Math.max(days.at(-1), x0 + 1);
  const [low, high] = range ?? rangeOf([chart]);
  const { ticks, step } = niceTicks(low, high, Math.max(2, Math.floor((height - top - bottom) / 46)));
  const places = fan ? [0, 1, 2, 3].find((power) => Math.abs(step * 10 ** power - Math.round(step * 10 ** power)) < 1e-6) ?? 3 : 0;
  const ticked = ticks.map((tick) => (fan ? said(tick, places) : `${said(100 * tick)}%`));
  const left = mini ? 4 : 14 + 7.4 * Math.max(4, ...ticked.map((words) => words.length));
  const x = (at) => left + ((at - x0) / (x1 - x0)) * (width - left - right);
  const y = (value) => height - bottom - ((value - low) / (high - low)) * (height - top - bottom);
  const number = (value) => value.toFixed(1);
  const line = (points) => points.map(([at, value], place) => `${place ? "L" : "M"}${number(x(at))} ${number(y(value))}`).join("");
  const area = (upper, lower) => `${line(upper)}L${lower.reverse().map(([at, value]) => `${number(x(at))} ${number(y(value))}`).join("L")}Z`;
  const colour = colours.looks[look];
  const basic = colours.looks[0];
  const out = [];
  const text = (at, up, words, extra = "") => out.push(`<text x="${number(at)}" y="${number(up)}" ${extra}>${escaped(words)}</text>`);
  out.push(`<rect width="${width}" height="${height}" fill="${colours.paper}"/>`);
  if (title) {
    text(6, 18, title, `font-size="15" font-weight="bold" fill="${colours.ink}"`);
    text(6, 34, chart.unit, `font-size="12" fill="${colours.muted}"`);
  }
  if (!mini) {
    for (const [place, tick] of ticks.entries()) {
      out.push(`<path d="M${left} ${number(y(tick))}H${width - right}" stroke="${colours.grid}"/>`);
      text(left - 6, y(tick) + 4, ticked[place], `text-anchor="end" fill="${colours.muted}"`);
    }
    const first = new Date(x0).getUTCFullYear();
    const last = new Date(x1).getUTCFullYear();
    const every = Math.max(1, Math.ceil((last - first) / Math.max(2, (width - left - right) / 46)));
    for (let year = last; year >= first; year -= every) {
      const at = chart.every === "year" ? Date.UTC(year, 11, 31) : Date.UTC(year, 0, 1);
      if (at < x0 - 1e9 || at > x1 + 1e9) continue;
      out.push(`<path d="M${number(x(at))} ${height - bottom}v4" stroke="${colours.rule}"/>`);
      text(x(at), height - bottom + 17, year, `text-anchor="middle" fill="${colours.muted}"`);
    }
    out.push(`<path d="M${left} ${height - bottom}H${width - right}" stroke="${colours.rule}"/>`);
  }
  const ends = [];
  if (fan) {
    const opened = past.length ? [[past.at(-1)[0], past.at(-1)[1]]] : [];
    const at = (rows, place) => [...opened, ...rows.map((row, index) => [days[index], row[place]])];
    out.push(`<path d="${area(at(chart.values, 4), at(chart.values, 0))}" fill="${mixed(colour, colours.paper, 0.26)}"/>`);
    out.push(`<path d="${area(at(chart.values, 3), at(chart.values, 1))}" fill="${mixed(colour, colours.paper, 0.52)}"/>`);
    if (chart.base) {
      for (const edge of [0, 4]) out.push(`<path d="${line(at(chart.base, edge))}" fill="none" stroke="${basic}" stroke-width="1" stroke-dasharray="1 3"/>`);
      out.push(`<path d="${line(at(chart.base, 2))}" fill="none" stroke="${basic}" stroke-width="1.8" stroke-dasharray="6 3"/>`);
      ends.push([chart.base.at(-1)[2], basic, false]);
    }
    for (const run of chart.single ?? []) out.push(`<path d="${line(run.map((value, index) => [days[index], value]))}" fill="none" stroke="${colour}" stroke-width=".7" stroke-opacity=".75"/>`);
    if (days.length === 1) out.push(`<circle cx="${number(x(days[0]))}" cy="${number(y(chart.values[0][2]))}" r="3.5" fill="${colour}"/>`);
    out.push(`<path d="${line(at(chart.values, 2))}" fill="none" stroke="${colour}" stroke-width="${mini ? 1.6 : 2.4}"/>`);
    ends.push([chart.values.at(-1)[2], colour, true]);
    // No change may be read where something else is counted from a year on: the line breaks, a dotted line parts it.
    for (const [piece, first] of [0, ...parts].entries()) {
      const points = past.slice(first, parts[piece]);
      if (points.length) out.push(`<path d="${line(points)}" fill="none" stroke="${colours.ink}" stroke-width="1.5"/>`);
      if (points.length === 1) out.push(`<circle cx="${number(x(points[0][0]))}" cy="${number(y(points[0][1]))}" r="${mini ? 1.5 : 2.5}" fill="${colours.ink}"/>`);
      if (first) out.push(`<path class="split" d="M${number(x((past[first - 1][0] + past[first][0]) / 2))} ${top}V${height - bottom}" stroke="${colours.muted}" stroke-dasharray="1 2"/>`);
    }
    for (const [points, inside] of [[chart.since, colours.ink], [chart.unlike, colours.paper]]) {
      for (const [place, when] of (points?.dates ?? []).entries()) {
        const size = mini ? 1.8 : 3.4;
        if (day(when) <= x1) out.push(`<path d="M${number(x(day(when)))} ${number(y(points.values[place]) - size)}l${size} ${size}l-${size} ${size}l-${size} -${size}z" fill="${inside}" stroke="${colours.ink}" stroke-width="1.2"/>`);
      }
    }
    if (!mini && past.length) out.push(`<path d="M${number(x(day(chart.start ?? chart.dates[0])))} ${top}V${height - bottom}" stroke="${colours.rule}" stroke-dasharray="2 3"/>`);
    if (chart.guess !== undefined && chart.guess !== null) {
      const across = y(chart.guess);
      out.push(`<path d="M${number(x(x1) - 9)} ${number(across - 6)}l12 12m0 -12l-12 12" stroke="${colours.ink}" stroke-width="2.4"/>`);
    }
  } else {
    const steps = (values) => values.map((value, index) => `${index ? `H${number(x(days[index]))}V` : `M${number(x(days[0]))} `}${number(y(value))}`).join("");
    if (chart.kind === "share") {
      if (chart.base) {
        out.push(`<path d="${steps(chart.base)}" fill="none" stroke="${basic}" stroke-width="1.8" stroke-dasharray="6 3"/>`);
        ends.push([chart.base.at(-1), basic, false]);
      }
      out.push(`<path d="${steps(chart.values)}" fill="none" stroke="${colour}" stroke-width="2.4"/>`);
      ends.push([chart.values.at(-1), colour, true]);
    } else {
      const sums = chart.values.map((row) => row.reduce((all, value) => [...all, all.at(-1) + value], [0]));
      for (const [label, name] of chart.labels.entries()) {
        const strength = 0.95 - (0.7 * label) / Math.max(1, chart.labels.length - 1);
        const upper = days.map((at, index) => [at, sums[index][label + 1]]);
        const lower = days.map((at, index) => [at, sums[index][label]]);
        out.push(`<path d="${area(upper, lower)}" fill="${mixed(colour, colours.paper, strength)}" stroke="${colours.paper}" stroke-width=".6"/>`);
        const share = chart.values.at(-1)[label];
        if (share > 0.06 && !mini) text(width - right - 6, y(sums.at(-1)[label] + share / 2) + 4, `${name} ${said(100 * share)}%`, `text-anchor="end" fill="${strength > 0.6 ? colours.paper : colours.ink}"`);
      }
    }
  }
  if (!mini) {
    ends.sort((one, other) => y(one[0]) - y(other[0]));
    let above = -Infinity;
    for (const [value, tone, bold] of ends) {
      const up = Math.max(y(value) + 4, above + 13);
      above = up;
      text(width - right + 5, up, fan ? said(value, chart.places) : `${said(100 * value)}%`, `fill="${tone}"${bold ? ' font-weight="bold"' : ""}`);
    }
    if (marker) {
      const at = Math.min(Math.max(day(marker), x0), x1);
      out.push(`<path d="M${number(x(at))} ${top}V${height - bottom}" stroke="${colours.ink}" stroke-width="1"/>`);
    }
    for (const [line_, words] of notes.entries()) text(6, height - 6 - 13 * (notes.length - 1 - line_), words, `font-size="10" fill="${colours.muted}"`);
  }
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(chart.alt ?? chart.title)}" font-family="'DejaVu Sans', Verdana, Arial, sans-serif" font-size="12">${out.join("")}</svg>`,
    nearest: (across) => {
      const at = x0 + ((across - left) / (width - left - right)) * (x1 - x0);
      return days.reduce((best, when, place) => (Math.abs(when - at) < Math.abs(days[best] - at) ? place : best), 0);
    },
  };
}

// What holds at one date, in words.
export function valueSaid(chart, place) {
  const when = dateSaid(chart.dates[place], chart.every);
  const row = chart.values[place];
  if (chart.kind === "share") return `${when}: ${said(100 * row, 1)}% of runs${chart.base ? `; baseline ${said(100 * chart.base[place], 1)}%` : ""}`;
  if (chart.kind === "labels") return `${when}: ${chart.labels.map((label, at) => `${label} ${said(100 * row[at])}%`).join(", ")}`;
  const words = (value) => said(value, chart.places);
  return `${when}: median ${words(row[2])}, 50% of runs ${words(row[1])} to ${words(row[3])}, 90% ${words(row[0])} to ${words(row[4])}${chart.base ? `; baseline ${words(chart.base[place][2])}` : ""}`;
}

export function rowsOf(chart) {
  const head = ["date"];
  if (chart.kind === "share") head.push("share of runs", ...(chart.base ? ["baseline"] : []));
  else if (chart.kind === "labels") head.push(...chart.labels);
  else head.push("5%", "25%", "median", "75%", "95%", ...(chart.base ? ["baseline 5%", "baseline median", "baseline 95%"] : []), "reported", "note");
  const told = [chart.history, chart.since, chart.unlike].flatMap((points) => (points?.dates ?? []).map((when, place) => [when, points.values[place], points.splits[when] ?? points.note]));
  const drawn = chart.dates.map((when, place) => {
    const row = chart.values[place];
    if (chart.kind === "share") return [when, row, ...(chart.base ? [chart.base[place]] : [])];
    if (chart.kind === "labels") return [when, ...row];
    const base = chart.base ? [0, 2, 4].map((at) => chart.base[place][at]) : [];
    const found = told.findIndex(([date]) => date === when);
    const [, value, note] = found < 0 ? ["", "", ""] : told.splice(found, 1)[0];
    return [when, ...row, ...base, value, note];
  });
  const alone = told.map(([when, value, note]) => [when, ...Array(head.length - 3).fill(""), value, note]);
  return [head, ...[...alone, ...drawn].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))];
}

// A chart on the page: picture, reading line, table, downloads. `update` draws new values into the same place.
export class Chart {
  constructor({ look = 1, height = 300, heading = null, caption = () => "", footer = () => "" } = {}) {
    this.look = look;
    this.height = height;
    this.footer = footer;
    this.caption = caption;
    this.held = null;
    this.place = null;
    this.picture = h("div", { class: "plot" });
    this.reading = h("p", { class: "reading" });
    this.slider = h("input", { type: "range", class: "read", min: "0", step: "1", "aria-label": "Read values", oninput: () => this.read(Number(this.slider.value)) });
    this.sentence = h("p", { class: "sentence" });
    this.note = h("p", { class: "range" });
    this.title = heading ?? h("h3", {});
    this.unit = h("p", { class: "unit" });
    this.mark = h("span", { class: "mark", hidden: true }, "preview");
    this.details = h("details", { class: "table", ontoggle: () => this.tabulate() }, h("summary", {}, "Table"));
    this.tools = takeAway(() => this.data.id, () => rowsOf(this.data), () => this.still(), () => this.data.alt ?? this.data.title);
    this.element = h("figure", { class: "chart" }, this.title, this.unit, this.picture, this.slider, this.reading, this.sentence, this.note, h("div", { class: "below" }, this.details, this.tools));
    this.picture.addEventListener("pointermove", (event) => {
      if (!this.drawn) return;
      const box = this.picture.getBoundingClientRect();
      this.read(this.drawn.nearest(((event.clientX - box.left) / box.width) * this.width));
    });
    this.picture.addEventListener("pointerleave", () => this.read(null));
    new ResizeObserver(() => this.data && Math.abs((this.picture.clientWidth || 0) - this.width) > 4 && this.draw()).observe(this.picture);
  }

  update(data, { preview = false, range = null } = {}) {
    this.data = data;
    this.given = range;
    if (!("own" in this.title.dataset)) this.title.textContent = data.title;
    this.mark.hidden = !preview;
    fill(this.unit, data.unit, " ", this.mark);
    this.sentence.textContent = data.sentence;
    this.note.textContent = data.note ?? "";
    this.slider.max = String(Math.max(0, data.dates.length - 1));
    this.slider.setAttribute("aria-label", `Read values: ${data.title}`);
    if (this.place === null) this.slider.value = this.slider.max;
    this.element.classList.toggle("preview", preview);
    this.draw();
    if (this.details.open) this.tabulate();
    return this;
  }

  draw() {
    if (!this.data.dates.length) return fill(this.picture, h("p", {}, this.data.sentence));
    this.width = Math.max(240, this.picture.clientWidth || 560);
    this.held = this.given ?? rangeOf([this.data], this.held);
    this.drawn = drawChart(this.data, { width: this.width, height: this.height, look: this.look, range: this.held, marker: this.place === null ? "" : this.data.dates[this.place] });
    this.picture.innerHTML = this.drawn.svg;
    this.slider.setAttribute("aria-valuetext", valueSaid(this.data, Math.min(this.place ?? this.data.dates.length - 1, this.data.dates.length - 1)));
  }

  read(place) {
    if (place === this.place || !this.data?.dates.length) return;
    this.place = place === null ? null : Math.min(place, this.data.dates.length - 1);
    if (this.place !== null) this.slider.value = String(this.place);
    this.reading.textContent = this.place === null ? "" : valueSaid(this.data, this.place);
    this.draw();
  }

  tabulate() {
    if (!this.details.open) return;
    const first = (row, head) => (head.includes("reported") ? [row[0], row.at(-2), ...row.slice(1, -2), row.at(-1)] : row); // what was reported stands in sight
    const [named, ...drawn] = rowsOf(this.data);
    const head = first(named, named);
    const rows = drawn.map(([when, ...row]) => first([dateSaid(when, this.data.every), ...row], named));
    const shown = (cell) => (typeof cell === "number" ? said(cell, this.data.kind === "fan" ? this.data.places : 3) : cell);
    this.details.replaceChildren(this.details.firstChild, table(`${this.data.title}, ${this.data.unit}`, head, rows.map((row) => row.map(shown))));
  }

  still(width = 720, height = 400) {
    const title = [this.data.title, this.caption()].filter(Boolean).join(": ");
    return drawChart(this.data, { width, height, look: this.look, range: this.held, colours: LIGHT, title, notes: [this.data.note, this.footer()].filter(Boolean) }).svg;
  }
}

export function legend(colours = null) {
  const shades = h("p", { class: "legend" });
  const sample = (words, name) => h("span", {}, h("span", { class: `key ${name}` }), words);
  fill(shades, sample("this state: median, 50% and 90% of runs", "own"), sample("baseline", "base"), sample("reported before the start", "past"), sample("reported since", "since"), sample("reported since, counted differently", "unlike"));
  return shades;
}
