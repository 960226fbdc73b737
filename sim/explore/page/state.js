// The state of the page: what the address holds, undo, and the part of it that is a scenario.
import { notice } from "./util.js";

export const MOST_PINS = 4;

const EMPTY_STATE = {
  extends: [], sets: {}, events: [], rows: {}, groups: {}, title: "", start: "", end: "", runs: 1000, seed: 1,
  view: "start", charts: [], date: "", single: false, tile: "", measure: "", member: "", donor: "", change: false, pins: [], lesson: null,
};

export let state = structuredClone(EMPTY_STATE);
const earlier = [];
const later = [];
const watchers = [];

export const watch = (watcher) => watchers.push(watcher);

// What the server is told of a state: the scenario and how it is drawn.
export function scenarioOf(of = state) {
  const { sets, events, rows, groups, title, start, end, runs, seed } = of;
  return { extends: of.extends, sets, events, rows, groups, title, start, end, runs, seed };
}

export const UNCHANGED = { sets: {}, events: [], rows: {}, groups: {} };

// How many settings, events, packages, laws and groups a state adds to what it extends.
export const changesOf = (of = state) => Object.keys(of.sets ?? {}).length + (of.events ?? []).length + Object.keys(of.groups ?? {}).length + Object.values(of.rows ?? {}).flat().length;

export const isChanged = (of = state) => changesOf(of) > 0;

// The text after # in the address. It holds everything, and nothing of it is sent by following the link.
export function toFragment(of = state, only = "") {
  const words = new URLSearchParams();
  for (const name of of.extends) words.append("from", name);
  for (const [key, text] of Object.entries(of.sets)) words.append("set", `${key}=${text}`);
  for (const event of of.events) words.append("event", JSON.stringify(event));
  for (const [name, rows] of Object.entries(of.rows)) for (const row of rows) words.append("row", `${name}=${JSON.stringify(row)}`);
  for (const [name, codes] of Object.entries(of.groups)) words.append("group", `${name}=${codes.join(",")}`);
  for (const name of ["title", "start", "end"]) if (of[name]) words.append(name, of[name]);
  if (of.runs !== 1000) words.append("runs", of.runs);
  if (of.seed !== 1) words.append("seed", of.seed);
  if (only === "scenario") return words.toString();
  if (of.view !== "overview") words.append("view", of.view);
  for (const name of of.charts) words.append("chart", name);
  for (const name of ["date", "tile", "measure", "member", "donor"]) if (of[name]) words.append(name, of[name]);
  if (of.single) words.append("single", "1");
  if (of.change) words.append("change", "1");
  for (const pin of of.pins) words.append("pin", toFragment({ ...EMPTY_STATE, ...pin }, "scenario"));
  if (of.lesson) words.append("lesson", JSON.stringify(of.lesson));
  return words.toString();
}

function parted(pair) {
  const at = pair.indexOf("=");
  return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];
}

export function fromFragment(text) {
  const words = new URLSearchParams(text.replace(/^.*#/s, "").trim());
  const read = structuredClone(EMPTY_STATE);
  if (!words.has("from") && !words.has("set") && !words.has("view")) return null;
  read.view = words.get("view") ?? "overview";
  read.extends = words.getAll("from").slice(0, 8);
  for (const pair of words.getAll("set")) {
    const [key, text] = parted(pair);
    if (key) read.sets[key] = text;
  }
  for (const pair of words.getAll("group")) {
    const [name, codes] = parted(pair);
    if (name) read.groups[name] = codes.split(",").filter(Boolean);
  }
  for (const name of ["title", "start", "end", "date", "tile", "measure", "member", "donor"]) read[name] = words.get(name) ?? "";
  for (const name of ["runs", "seed"]) {
    const number = Number(words.get(name) ?? NaN);
    if (Number.isInteger(number)) read[name] = number;
  }
  read.single = words.get("single") === "1";
  read.change = words.get("change") === "1";
  read.charts = words.getAll("chart").slice(0, 2);
  try {
    read.events = words.getAll("event").map((event) => JSON.parse(event));
    for (const pair of words.getAll("row")) {
      const [name, row] = parted(pair);
      read.rows[name] = [...(read.rows[name] ?? []), JSON.parse(row)];
    }
    read.lesson = words.has("lesson") ? JSON.parse(words.get("lesson")) : null;
  } catch {
    notice("An event, package or lesson in this address cannot be read; it is left out.");
  }
  read.pins = words.getAll("pin").slice(0, MOST_PINS).map((pin) => pinOf(fromFragment(pin) ?? EMPTY_STATE));
  return read;
}

export const pinOf = (of) => scenarioOf(of);

let written = null;
function writeAddress() {
  clearTimeout(written);
  written = setTimeout(() => {
    history.replaceState(null, "", `#${toFragment()}`);
    written = null;
  }, 150);
}

// Change the state. `quiet` is for a lever on the move: one drag is one step of undo.
export function change(parts, { step = true, drag = false } = {}) {
  if (step && !(drag && change.dragging)) {
    earlier.push(structuredClone(state));
    if (earlier.length > 100) earlier.shift();
    later.length = 0;
  }
  change.dragging = drag;
  state = { ...state, ...parts };
  writeAddress();
  for (const watcher of watchers) watcher(state, { drag });
}
change.dragging = false;

export function setKey(key, text, options = {}) {
  const sets = { ...state.sets };
  if (text === null) delete sets[key];
  else sets[key] = text;
  change({ sets }, options);
}

export const canUndo = () => earlier.length > 0;
export const canRedo = () => later.length > 0;
export const before = () => earlier.at(-1) ?? null;

// What is on the screen beside the scenario: where it changes by other means than its own controls, these are made anew.
const onScreen = ({ view, charts, date, single, tile, measure, member, donor, change: moved, lesson }) => JSON.stringify([view, charts, date, single, tile, measure, member, donor, moved, lesson]);

function travel(from, to) {
  if (!from.length) return;
  const was = onScreen(state);
  to.push(structuredClone(state));
  state = from.pop();
  change.dragging = false;
  writeAddress();
  for (const watcher of watchers) watcher(state, { drag: false, renewed: onScreen(state) !== was });
}
export const undo = () => travel(earlier, later);
export const redo = () => travel(later, earlier);

export function openState(read) {
  state = { ...structuredClone(EMPTY_STATE), ...read };
  earlier.length = later.length = 0;
  writeAddress();
  for (const watcher of watchers) watcher(state, { drag: false, renewed: true });
}

export function openAddress() {
  if (location.hash.slice(1) === toFragment()) return;
  const read = fromFragment(location.hash);
  if (read) openState(read);
}
