// Answers of a page without a server: shipped scenarios in full; with levers moved, straight lines between the points
// of a grid that was calculated in advance.
import { dateSaid, said } from "./util.js";

const unpackedBefore = new Map();

// Numbers stored as 16-bit steps of their range, as one flat array.
function unpacked(stored) {
  if (!unpackedBefore.has(stored)) {
    const bytes = Uint8Array.from(atob(stored.data), (letter) => letter.charCodeAt(0));
    const steps = new DataView(bytes.buffer);
    unpackedBefore.set(stored, Float64Array.from({ length: bytes.length / 2 }, (_, at) => stored.low + stored.step * steps.getUint16(2 * at, true)));
  }
  return unpackedBefore.get(stored);
}

const rowsFrom = (flat, rows, width) => Array.from({ length: rows }, (_, row) => Array.from(flat.subarray(row * width, (row + 1) * width)));

// The points of the grid around a state and how much each counts: linear along each lever.
export function gridWeights(levers, sets) {
  let corners = [[0, 1]];
  for (const { key, levels, still } of levers) {
    const numbers = levels.filter((level) => typeof level === "number");
    const given = sets[key] === undefined ? still : numbers.length ? Number(sets[key]) : JSON.parse(sets[key]);
    let parts;
    if (given === null || !numbers.length) parts = [[Math.max(0, levels.indexOf(given)), 1]];
    else {
      const shift = levels.length - numbers.length;
      const left = Math.min(Math.max(0, numbers.filter((level) => level <= given).length - 1), numbers.length - 2);
      const part = Math.min(1, Math.max(0, (given - numbers[left]) / (numbers[left + 1] - numbers[left])));
      parts = [[shift + left, 1 - part], [shift + left + 1, part]].filter(([, weight]) => weight > 0);
    }
    corners = corners.flatMap(([index, weight]) => parts.map(([level, share]) => [index * levels.length + level, weight * share]));
  }
  return corners;
}

function between(stored, corners) {
  const size = stored.shape.slice(1).reduce((all, part) => all * part, 1);
  const flat = unpacked(stored);
  const values = new Float64Array(size);
  for (const [point, weight] of corners) for (let at = 0; at < size; at += 1) values[at] += weight * flat[point * size + at];
  return values;
}

const inRuns = (share, runs) => (share <= 0 ? `in none of ${said(runs)} runs` : share >= 1 ? `in all ${said(runs)} runs` : share < 0.005 ? "in fewer than 1 of 100 runs" : share > 0.995 ? "in more than 99 of 100 runs" : `in ${said(100 * share)} of 100 runs`);

function sentenceOf(subject, rows, changes, dates, base, runs, places) {
  const last = rows.at(-1);
  const when = dateSaid(dates.at(-1), subject.every);
  if (subject.kind === "labels") {
    const best = last.indexOf(Math.max(...last));
    return `I${inRuns(last[best], runs).slice(1)}: ${subject.labels[best]} in ${when}.`;
  }
  if (subject.kind === "share") return `I${inRuns(last, runs).slice(1)} in ${when}.${base ? ` In the baseline: ${said(100 * base.at(-1), 1)}%.` : ""}`;
  const words = `Median in ${when}: ${subject.written.replace("{}", said(last[2], places))} (90% of runs: ${said(last[0], places)} to ${said(last[4], places)}).`;
  if (!base || !changes) return words;
  const [, higher, lower] = changes.at(-1);
  if (!higher && !lower) return `${words} The same as in the baseline in every run.`;
  return `${words} ${higher >= lower ? `Higher than in the baseline ${inRuns(higher, runs)}` : `Lower than in the baseline ${inRuns(lower, runs)}`}.`;
}

const moved = (stored, state) => Object.keys(state.sets).some((key) => stored.levers.some((lever) => lever.key === key));

export function storedAnswer(stored, body) {
  const { state } = body;
  const name = stored.scenarios[state.extends[0]] ? state.extends[0] : stored.base;
  const onGrid = moved(stored, state) && name === stored.base;
  const scenario = stored.scenarios[name];
  const home = stored.scenarios[scenario.baseline];
  const same = !onGrid && scenario.baseline === name;
  const corners = onGrid ? gridWeights(stored.levers, state.sets) : null;
  const reported = stored.reported[scenario.start] ?? {};
  const date = body.date && body.date < scenario.end ? body.date : scenario.end;

  // One subject: its dates, values, changes; null where the grid does not hold it.
  const read = (id) => {
    const subject = stored.subjects[id];
    if (!subject) return null;
    const series = scenario.series[id];
    const width = subject.kind === "labels" ? subject.labels.length : subject.kind === "share" ? 1 : 5;
    const shaped = (rows) => (subject.kind === "share" ? rows.map((row) => row[0]) : rows);
    if (onGrid) {
      const still = home.series[id];
      const own = stored.grid[id];
      if (!own) return null;
      const dates = stored.gridDates[subject.every];
      const rows = rowsFrom(between(own, corners), dates.length, 6);
      const places = dates.map((day) => home.dates[subject.every].indexOf(day));
      const base = rowsFrom(unpacked(still.values), home.dates[subject.every].length, width);
      return { subject, dates, values: shaped(rows.map((row) => row.slice(0, width))), base: shaped(places.map((place) => base[place])), changes: rows.map((row) => [row[5], null, null]), places: still.places, runs: stored.gridRuns };
    }
    const datesOf = (of) => (series.thin ? of.ends : of.dates[subject.every]);
    const dates = datesOf(scenario);
    const values = shaped(rowsFrom(unpacked(series.values), dates.length, width));
    const base = same || !home.series[id] ? null : shaped(rowsFrom(unpacked(home.series[id].values), datesOf(home).length, width)).slice(0, dates.length);
    const changes = series.change ? rowsFrom(unpacked(series.change), dates.length, 3) : null;
    return { subject, dates, values, base, changes, places: series.places ?? 0, runs: stored.runs };
  };
  const rowAt = (dates) => Math.max(0, dates.filter((day) => day <= date).length - 1);

  const chart = (id) => {
    const held = read(id);
    if (!held) return null;
    const { subject } = held;
    const error = onGrid ? stored.errors[id] : null;
    const size = (value) => (value < 1e-9 ? "0" : String(Number(value.toPrecision(2))));
    const measured = error ? ` Interpolated between calculated points; measured error of the band edges: half below ${size(error[0])}, 95% below ${size(error[1])}${subject.kind === "share" ? "" : ` (${subject.measure})`}.` : "";
    const sentence = sentenceOf(subject, held.values, onGrid ? null : held.changes, held.dates, held.base, held.runs, held.places) + measured;
    return { id, title: subject.title, unit: subject.unit, every: subject.every, kind: subject.kind, labels: subject.labels, dates: held.dates, values: held.values, base: held.base, places: held.places, ...reported[id], sentence, alt: [`${subject.title}, ${subject.unit}.`, sentence, reported[id]?.note].filter(Boolean).join(" ") };
  };

  const card = (id) => {
    const held = read(id);
    if (!held) return null;
    const row = rowAt(held.dates);
    const share = held.subject.kind === "share";
    const [change, higher, lower] = held.changes[row];
    const value = held.values[row];
    const sign = change > 0 ? "+" : "";
    const words = share ? `${sign}${said(100 * change, 1)} points` : `${sign}${said(change, Math.max(0, held.places) + 1)}`;
    const nothing = !/[1-9]/.test(words);
    return { id, title: held.subject.title, value: share ? `${said(100 * value, 1)}%` : held.subject.written.replace("{}", said(value[2], held.places)), range: share ? "" : `${said(value[0], held.places)} to ${said(value[4], held.places)}`, change: nothing ? "no change" : words, way: nothing ? "" : change > 0 ? "up" : "down", size: change, higher: onGrid ? null : higher, lower };
  };

  const tiles = (variable, axis) => {
    if (!variable) return [];
    if (onGrid) {
      if (variable !== stored.members.variable) return [];
      const dates = stored.gridDates.year;
      const flat = between(stored.members.values, corners);
      const row = rowAt(dates);
      return stored.members.codes.map((code, at) => {
        const [value, low, high, change] = flat.subarray((at * dates.length + row) * 4, (at * dates.length + row) * 4 + 4);
        return { code, value, low, high, change };
      });
    }
    return stored.facts.axes[axis].codes.map((code) => {
      const held = read(`${variable}:${code}`);
      const row = rowAt(held.dates);
      return { code, value: held.values[row][2], low: held.values[row][0], high: held.values[row][4], change: held.changes[row][0] };
    });
  };

  return {
    hash: `${name} ${JSON.stringify(state.sets)}`,
    title: scenario.title,
    runs: onGrid ? stored.gridRuns : stored.runs,
    preview: false,
    start: scenario.start,
    end: scenario.end,
    date,
    baseline: home.title,
    same,
    charts: (body.charts ?? []).map(chart).filter(Boolean),
    strip: body.strip === false ? [] : stored.strip.map(card).filter(Boolean),
    tiles: tiles(body.tiles, "member"),
    donors: tiles(body.donors, "donor"),
    levers: Object.fromEntries(stored.levers.map((lever) => [lever.key, lever.held])),
  };
}
