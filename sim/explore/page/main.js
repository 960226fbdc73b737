// The page: facts once, then every change of the state asks for an answer and draws it.
import { $, announce, fill, freshId, h, notice, said, save } from "./util.js";
import { canRedo, canUndo, change, fromFragment, isChanged, openAddress, openState, redo, scenarioOf, state, undo, watch } from "./state.js";
import { Asker, call, facts, longQuestion, withServer } from "./source.js";
import { LeverPanel } from "./levers.js";
import { onTheme } from "./charts.js";
import { Aid, ChartList, Members, Overview } from "./views.js";
import { Assumptions } from "./assumptions.js";
import { Happenings } from "./events.js";
import { Compare, copyLink, nameOfState } from "./compare.js";
import { Ask } from "./ask.js";
import { Teach } from "./teach.js";
import { meet, world } from "./world.js";

let view = null;
let viewName = "";
let panel = null;
let lastTold = null;

const VIEWS = [
  ["overview", "Overview", (place) => new Overview(place)],
  ["members", "Members", (place) => new Members(place)],
  ["war", "War", (place) => new ChartList(place, "The war and talks", () => world.views.war)],
  ["aid", "Aid", (place) => new Aid(place)],
  ["compare", "Compare", (place) => new Compare(place)],
  ["ask", "Ask", (place) => new Ask(place)],
  ["teach", "Teach", (place) => new Teach(place)],
  ["events", "Events", (place) => new Happenings(place)],
  ["assumptions", "Assumptions", (place) => new Assumptions(place)],
];
const STORED_VIEWS = ["overview", "members", "war", "aid", "teach"];

// What the view in front answers, in one sentence: read aloud, and on a narrow screen kept in sight beside the levers.
const headline = (told) => (view.headline ? view.headline(told) : told.charts[0] ? `${told.charts[0].title}. ${told.charts[0].sentence}` : "");

// On a narrow screen the answers stand before the levers, in the order of the keyboard too.
function arrange() {
  const narrow = matchMedia("(max-width: 56rem)");
  const [text, jump] = $("headline").children;
  let atLevers = false;
  const place = () => (narrow.matches ? $("levers").before($("main")) : $("main").before($("levers")));
  const offer = () => {
    jump.textContent = atLevers ? "To the answers" : "To the levers";
    text.hidden = !atLevers; // beside the answers themselves it would say them twice
  };
  narrow.addEventListener("change", place);
  jump.addEventListener("click", () => {
    const goal = atLevers ? $("main") : $("levers");
    goal.scrollIntoView();
    goal.focus({ preventScroll: true });
  });
  new IntersectionObserver(([seen]) => {
    atLevers = seen.isIntersecting;
    offer();
  }, { rootMargin: "0px 0px -40% 0px" }).observe($("levers"));
  place();
  offer();
  return text;
}
let headlineText = null;

const asker = new Asker("main", (told, how) => show(told, how), (problems) => complain(problems));

function show(told, { final, took }) {
  if (state.view === "start") return; // it was left before the answer came, and what it says now must stay
  lastTold = told;
  panel.update(told.levers);
  panel.complain([]);
  notice("");
  view.show(told);
  headlineText.textContent = headline(told);
  document.body.dataset.shown = told.preview ? "preview" : "full";
  document.body.dataset.hash = told.hash;
  document.body.dataset.took = took.toFixed(1);
  document.dispatchEvent(new CustomEvent("drawn", { detail: { preview: told.preview, final, took } }));
  if (!told.preview && final) announce(headline(told) || "Updated.");
}

function complain(problems) {
  if (state.view === "start") return;
  const left = panel.complain(problems);
  view?.complain?.(left);
  if (left.length) notice(left.map((problem) => problem.text || problem.message));
  panel.update(null);
  document.dispatchEvent(new CustomEvent("refused"));
}

function refresh({ drag = false, renewed = false } = {}) {
  if (renewed) viewName = "";
  if (state.view === "start") return startPage();
  showView();
  actions();
  panel.update(null);
  const wants = view.wants();
  if (wants) asker.ask({ state: scenarioOf(), date: state.date, ...wants }, { drag: true });
  else {
    asker.ask({ state: scenarioOf(), date: state.date, charts: [] }, { drag: true });
    if (!drag) view.refresh();
  }
  return undefined;
}

function showView() {
  const views = VIEWS.filter(([name]) => withServer || STORED_VIEWS.includes(name));
  const [name, , make] = views.find(([known]) => known === state.view) ?? views[0];
  const lesson = (state.lesson ? JSON.stringify(state.lesson.keys) : "") + (withServer ? "" : state.extends[0]);
  if (panel.lesson !== lesson) {
    panel.build(state.lesson ? state.lesson.keys : null);
    panel.lesson = lesson;
    panel.update(lastTold?.levers);
  }
  if (viewName === name) return;
  viewName = name;
  document.body.dataset.view = name;
  view = make($("main"));
  fill($("views"), h("button", { type: "button", onclick: () => change({ view: "start" }) }, "Start"), views.map(([known, title]) => h("button", { type: "button", "aria-current": known === name ? "page" : null, onclick: () => {
    change({ view: known });
    $("main").focus({ preventScroll: true });
  } }, title)));
}

function actions() {
  const button = (name, action, disabled = false) => h("button", { type: "button", onclick: action, disabled }, name);
  const shown = h("p", { class: "shown" }, nameOfState({ ...state, title: state.title && !isChanged() ? state.title : "" }), h("span", { class: "range" }, ` ${said(state.runs)} runs, seed ${state.seed}`));
  const focused = document.activeElement?.textContent;
  fill($("actions"), shown, button("Undo", undo, !canUndo()), button("Redo", redo, !canRedo()), button("Copy link", copyLink), withServer && [button("Download scenario", download), button("Report", report)]);
  for (const again of $("actions").querySelectorAll("button")) if (again.textContent === focused && !again.disabled) again.focus();
}

async function download() {
  try {
    const told = await call("scenario", { state: scenarioOf() });
    save("explored.toml", told.toml, "application/toml");
    notice(["Saved explored.toml. The same numbers from the command line:", `alliance run explored.toml --runs ${told.runs} --seed ${told.seed}`], "done");
  } catch (error) {
    notice(error.message.split("\n"));
  }
}

async function report() {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Report" });
  const question = longQuestion({ kind: "report", states: [scenarioOf(), ...state.pins] }, (done, total) => {
    bar.max = total || 1;
    bar.value = done;
  });
  fill($("notice"), h("div", { class: "notice done" }, h("p", {}, "Making the report. ", bar), h("button", { type: "button", onclick: () => (question.stop(), notice("")) }, "Stop")));
  try {
    const told = await question.result;
    if (told) {
      save("report.html", told.html, "text/html");
      notice("Saved report.html: one file that opens from disk.", "done");
    }
  } catch (error) {
    notice(error.message.split("\n"));
  }
}

function startPage() {
  viewName = "";
  document.body.dataset.view = "start";
  fill($("actions"));
  fill($("views"));
  fill($("levers"));
  panel.lesson = null;
  const open = (row) => {
    openState({ extends: [row.name], view: "overview" });
    $("main").focus({ preventScroll: true });
  };
  const card = (row) => h("li", { class: `card${row.is_baseline ? " base" : ""}` }, h("h3", {}, row.is_baseline ? row.title : row.label), h("p", {}, row.description.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part))), h("p", { class: "range" }, `${row.start} to ${row.end}${row.is_baseline ? "" : `; differs from ${row.baseline} in ${row.changes} setting${row.changes === 1 ? "" : "s"}`}`), h("button", { type: "button", onclick: () => open(row), "aria-label": `Open ${row.label}` }, "Open"));
  const baselines = world.scenarios.filter((row) => row.is_baseline);
  const others = world.scenarios.filter((row) => !row.is_baseline);
  const id = freshId("file");
  const upload = h("input", { id, type: "file", accept: ".toml", onchange: async () => {
    const [file] = upload.files;
    if (!file) return;
    try {
      const told = await call("check", { text: await file.text(), name: file.name });
      openState({ ...told.state, view: "overview" });
    } catch (error) {
      notice([`${file.name} has mistakes:`, ...error.message.split("\n")]);
    }
  } });
  fill(
    $("main"),
    h("div", { class: "start" },
      h("p", { class: "lead" }, "This page simulates how the alliance of 32 members fares under assumptions that you choose: elections, the posture of the United States, aid, spending targets, the war and its end. Move a lever, and charts with bands for 50% and 90% of the runs show what follows, beside the baseline. Every number you can move says whether it is data, an estimate or an assumption, and the address of the page holds all you set."),
      h("h2", {}, "Begin with a baseline"), h("ul", { class: "cards wide" }, baselines.map(card)),
      baselines.map((base) => [h("h2", {}, `Or with a scenario held against “${base.label}”`), h("ul", { class: "cards wide" }, others.filter((row) => row.baseline === base.name).map(card))]),
      withServer && [h("h2", {}, "Or with a file of your own"), h("div", { class: "field" }, h("label", { for: id }, "Scenario file (TOML); it may extend shipped scenarios"), upload)],
    ),
  );
}

async function begin() {
  meet(await facts());
  headlineText = arrange();
  panel = new LeverPanel($("levers"));
  fill($("footer"), h("p", {}, `alliance ${world.version}. Bands hold 50% and 90% of the runs; they show how far the stated assumptions leave an outcome open, and nothing that nobody put into the model. Chances of elections are inputs of the user.`));
  watch((_, how) => refresh(how));
  addEventListener("hashchange", openAddress);
  onTheme(() => lastTold && view && state.view !== "start" && view.show(lastTold));
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !/^(text|search|number|textarea)$/.test(event.target.type ?? "")) {
      event.preventDefault();
      (event.shiftKey ? redo : undo)();
    }
  });
  const read = fromFragment(location.hash) ?? (world.first ? fromFirst(world.first) : null);
  if (read) openState(read);
  else refresh();
}

const fromFirst = (first) => ({ ...first, view: "overview" });

begin().catch((error) => fill($("main"), h("p", { class: "wrong" }, error.message)));
