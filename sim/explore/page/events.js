// What happens in a state on a day or a condition: events, packages of aid and laws; and groups of the user's own.
import { fill, freshId, h } from "./util.js";
import { change, scenarioOf, state } from "./state.js";
import { call } from "./source.js";
import { span, View } from "./views.js";
import { groupsFor, nameOf, parameterOf, world } from "./world.js";

// A labelled control with a place for what is wrong with what it holds.
class Field {
  constructor(label, control) {
    this.control = control;
    this.control.id = freshId("field");
    this.wrong = h("p", { class: "wrong", id: freshId("wrong") });
    this.control.setAttribute("aria-describedby", this.wrong.id);
    this.element = h("div", { class: "formfield" }, h("label", { for: control.id }, label), control, this.wrong);
  }

  get value() {
    return this.control.multiple ? [...this.control.selectedOptions].map((option) => option.value) : this.control.value.trim();
  }

  set value(value) {
    if (this.control.multiple) for (const option of this.control.options) option.selected = value.includes(option.value);
    else this.control.value = value ?? "";
  }

  complain(text) {
    this.wrong.textContent = text;
    if (text) this.control.setAttribute("aria-invalid", "true");
    else this.control.removeAttribute("aria-invalid");
  }
}

const input = (type, more = {}) => h("input", { type, spellcheck: "false", autocomplete: "off", ...more });
const choice = (options, more = {}) => h("select", more, options.map(([value, text]) => h("option", { value }, text)));

// A word a person types, as a value of a scenario file.
export function asValue(text, key = "") {
  const domain = parameterOf(key)?.domain.is;
  if (domain === "flag") return { yes: "true", no: "false" }[text.toLowerCase()] ?? text;
  if (domain === "text" && !/^["{[]/.test(text)) return JSON.stringify(text);
  return /^[A-Za-z_][\w-]*$/.test(text) && !/^(true|false)$/.test(text) ? JSON.stringify(text) : text;
}

const asTyped = (value) => (/^"[A-Za-z_][\w-]*"$/.test(value) ? JSON.parse(value) : value);

// What a key may hold, in words.
function allowed(key) {
  const parameter = parameterOf(key);
  if (!parameter) return "";
  const { is, low, high, options } = parameter.domain;
  if (is === "choice") return `one of: ${options.join(", ")}`;
  if (is === "flag") return "yes or no";
  if (is === "day") return "a day such as 2027-01-20";
  if (is !== "number") return parameter.unit;
  const span = low !== null && high !== null ? `from ${low} to ${high}, ` : low !== null ? `from ${low}, ` : "";
  return `a number, ${span}${parameter.unit}`;
}

// Items of one list of the state, each in words, with a form that adds one or takes one up again.
class Editor {
  constructor(noun, prefix) {
    this.noun = noun;
    this.prefix = prefix;
    this.at = null;
    this.wrong = h("p", { class: "wrong", role: "alert" });
    this.list = h("ul", { class: "happenings" });
    this.buttons = h("div", { class: "bar" });
    this.form = h("form", { class: "happening", "aria-label": noun, onsubmit: (event) => {
      event.preventDefault();
      this.submit();
    } });
    this.element = h("div", {}, this.list, this.form);
  }

  // To be called once the fields stand.
  build(...children) {
    fill(this.form, h("h4", {}, this.heading = h("span", {})), children, this.wrong, this.buttons);
    this.take(null);
  }

  take(at) {
    this.at = at;
    this.write(at === null ? null : this.items()[at]);
    this.complain([]);
    this.heading.textContent = at === null ? `Add ${this.noun}` : `Change ${this.noun} ${at + 1}`;
    fill(this.buttons, h("button", { type: "submit" }, at === null ? `Add ${this.noun}` : `Save ${this.noun}`), at !== null && h("button", { type: "button", onclick: () => this.take(null) }, "Cancel"));
  }

  async submit() {
    const items = [...this.items()];
    const item = this.read();
    if (this.at === null) items.push(item);
    else items[this.at] = item;
    try {
      await call("scenario", { state: { ...scenarioOf(), ...this.parts(items) } });
    } catch (error) {
      return this.complain(error.problems ?? [{ key: "", message: error.message }]);
    }
    change(this.parts(items));
    return this.take(null);
  }

  // Messages of `check` at the field they are about; what belongs to no field stands above the buttons.
  complain(problems) {
    const mine = `${this.prefix}[${(this.at ?? this.items().length) + 1}]`;
    const rest = [];
    for (const field of this.fields()) field.complain("");
    for (const problem of problems) {
      const inside = problem.key === mine || problem.key.startsWith(`${mine}.`) ? problem.key.slice(mine.length + 1) : null;
      const field = inside === null ? null : this.fieldOf(inside);
      if (field) field.complain([field.wrong.textContent, problem.message].filter(Boolean).join("; "));
      else rest.push(inside === null ? problem.text || problem.message : problem.message);
    }
    this.wrong.textContent = rest.join("\n");
    this.fields().find((field) => field.wrong.textContent)?.control.focus();
  }

  // Messages about items that stand in the state already.
  mark(problems) {
    this.marks = problems.filter((problem) => problem.key.startsWith(`${this.prefix}[`));
    this.show();
  }

  show() {
    fill(this.list, this.items().map((item, at) => {
      const marks = (this.marks ?? []).filter((problem) => problem.key === `${this.prefix}[${at + 1}]` || problem.key.startsWith(`${this.prefix}[${at + 1}].`));
      const name = this.nameOf(item, at);
      const remove = () => {
        if (this.at !== null) this.take(null);
        change(this.parts(this.items().filter((_, other) => other !== at)));
      };
      return h("li", {}, h("span", {}, this.say(item)), " ", h("button", { type: "button", class: "small", onclick: () => this.edit(at), "aria-label": `Edit ${name}` }, "Edit"), " ", h("button", { type: "button", class: "small", onclick: remove, "aria-label": `Remove ${name}` }, "Remove"), marks.map((problem) => h("p", { class: "wrong" }, problem.message)));
    }));
  }

  edit(at) {
    this.months = null;
    this.take(at);
    this.fields()[0].control.focus();
  }
}

export class EventEditor extends Editor {
  constructor() {
    super("event", "events");
    this.outlook = [];
    const { start, end } = span();
    this.template = new Field("Start from", choice([["", "an event of your own"], ...world.templates.map(({ title }, at) => [at, title])], { onchange: () => this.begin(world.templates[this.template.value]) }));
    this.name = new Field("Name", input("text", { required: true, maxlength: 120 }));
    this.kind = new Field("It begins", choice([["date", "on a date"], ["when", "on a condition"]], { onchange: () => this.toggle() }));
    this.date = new Field("From", input("date", { min: start, max: end, onchange: () => this.last() }));
    this.when = new Field("When (such as: ceasefire)", input("text", { list: "event-conditions" }));
    this.after_months = new Field("Months later (0 if empty)", input("number", { min: 0, step: 1 }));
    this.for_months = new Field("For months at most", input("number", { min: 1, step: 1 }));
    this.once = new Field("It acts", choice([["true", "once, and goes on though the condition ends"], ["false", "only while the condition holds"]]));
    this.until = new Field("Until (may be empty)", input("date", { min: start }));
    this.probability = new Field("Probability (1 if empty)", input("number", { min: 0, max: 1, step: "any" }));
    this.sets = h("div", { class: "sets" });
    const keys = world.parameters.filter((parameter) => !parameter.at_start).map((parameter) => parameter.key);
    this.build(
      h("datalist", { id: "event-keys" }, keys.map((key) => h("option", { value: key }))),
      h("datalist", { id: "event-conditions" }, world.conditions.map(({ text, means }) => h("option", { value: text }, means))),
      h("div", { class: "bar" }, [this.template, this.name, this.kind, this.date, this.when, this.after_months, this.for_months, this.once, this.until, this.probability].map((field) => field.element)),
      this.sets,
      h("button", { type: "button", class: "small", onclick: () => this.addKey("", "").key.control.focus() }, "One more key"),
    );
  }

  items() {
    return state.events;
  }

  parts(events) {
    return { events };
  }

  // An event to start from, in the form.
  begin(template) {
    this.months = template?.months;
    if (template) this.write({ ...template, name: template.title });
    this.last();
  }

  // A template that lasts some months ends so long after its date.
  last() {
    const day = this.date.value && this.months ? new Date(`${this.date.value}T00:00:00Z`) : null;
    if (!day || this.kind.value !== "date") return;
    day.setUTCMonth(day.getUTCMonth() + this.months);
    this.until.value = day.toISOString().slice(0, 10);
  }

  toggle() {
    const dated = this.kind.value === "date";
    this.date.element.hidden = !dated;
    for (const name of ["when", "after_months", "for_months", "once"]) this[name].element.hidden = dated;
  }

  addKey(name, value) {
    const told = h("span", { class: "range" });
    const row = { key: new Field("Key", input("text", { required: true, list: "event-keys", oninput: () => (told.textContent = allowed(row.key.value)) })), value: new Field("Value", input("text", { required: true })) };
    row.key.value = name;
    row.value.value = value;
    told.textContent = allowed(name);
    row.element = h("div", { class: "bar" }, row.key.element, row.value.element, told, h("button", { type: "button", class: "small", onclick: () => {
      this.rows = this.rows.filter((other) => other !== row);
      row.element.remove();
    }, "aria-label": "Remove this key" }, "Remove"));
    this.rows.push(row);
    this.sets.append(row.element);
    return row;
  }

  fields() {
    return [this.name, this.kind, this.date, this.when, this.after_months, this.for_months, this.once, this.until, this.probability, ...this.rows.flatMap((row) => [row.key, row.value])];
  }

  fieldOf(place) {
    const [first] = place.split(".");
    if (first !== "set") return place && this[first] instanceof Field ? this[first] : null;
    const path = place.slice(4);
    const row = this.rows.find(({ key }) => key.value === path) ?? this.rows.find(({ key }) => path.startsWith(key.value)) ?? this.rows[0];
    return row && (parameterOf(row.key.value) ? row.value : row.key);
  }

  write(event) {
    for (const name of ["name", "date", "when", "after_months", "for_months", "until", "probability"]) this[name].value = String(event?.[name] ?? "");
    this.kind.value = event?.when ? "when" : "date";
    this.once.value = String(event?.once ?? true);
    if (!event) this.template.value = "";
    this.rows = [];
    fill(this.sets);
    for (const [key, value] of Object.entries(event?.set ?? { "": "" })) this.addKey(key, asTyped(value));
    this.toggle();
  }

  read() {
    const event = { name: this.name.value };
    for (const name of this.kind.value === "date" ? ["date", "until"] : ["when", "until"]) if (this[name].value) event[name] = this[name].value;
    if (this.kind.value === "when") {
      for (const name of ["after_months", "for_months"]) if (this[name].value) event[name] = Number(this[name].value);
      if (this.once.value === "false") event.once = false;
    }
    if (this.probability.value) event.probability = Number(this.probability.value);
    event.set = Object.fromEntries(this.rows.map(({ key, value }) => [key.value, asValue(value.value, key.value)]));
    return event;
  }

  nameOf(event) {
    return `event ${event.name}`;
  }

  // The words of `check` where the answer holds them.
  say(event) {
    const line = this.outlook.find((told) => told.startsWith(`the event "${event.name}" `));
    const begins = event.date ?? `when ${event.when}`;
    return line ? `T${line.slice(1)}.` : `${event.name}: ${begins}, ${Object.entries(event.set ?? {}).map(([key, value]) => `${key} = ${value}`).join(", ")}`;
  }
}

// Tables of one list of a scenario file: packages of aid, laws. What a table holds is told by the server.
export class RowEditor extends Editor {
  constructor(list) {
    super(list.noun, list.name);
    this.declared = list;
    this.outlook = [];
    this.named = Object.fromEntries(list.fields.map((field) => [field.name, new Field(field.label + (field.required ? "" : field.default ? ` (${field.default} if empty)` : " (may be empty)"), this.control(field))]));
    const meanings = h("dl", {}, list.fields.map((field) => [h("dt", {}, field.label), h("dd", {}, field.means)]));
    this.build(h("div", { class: "bar" }, Object.values(this.named).map((field) => field.element)), h("details", {}, h("summary", {}, "What the fields mean"), meanings));
  }

  control(field) {
    if (field.is === "choice") return choice([...(field.required ? [] : [["", ""]]), ...field.options.map((option) => [option, nameOf(option).replaceAll("_", " ")])]);
    if (field.is === "codes") return choice([["", ""], ...[...field.codes].sort((one, other) => nameOf(one).localeCompare(nameOf(other))).map((code) => [code, nameOf(code)]), ...groupsFor({ entities: field.codes }, state.groups)], { required: field.required });
    const { start, end } = span();
    if (field.is === "day") return input("date", { min: start, max: end, required: field.required });
    return input(field.is === "number" ? "number" : "text", { step: field.is === "number" ? "any" : null, required: field.required });
  }

  items() {
    return state.rows[this.prefix] ?? [];
  }

  parts(items) {
    const rows = { ...state.rows, [this.prefix]: items };
    if (!items.length) delete rows[this.prefix];
    return { rows };
  }

  fields() {
    return Object.values(this.named);
  }

  fieldOf(place) {
    return this.named[place.split(".")[0]] ?? null;
  }

  write(row) {
    for (const field of this.declared.fields) {
      const held = row?.[field.name] ?? "";
      if (held.startsWith("[")) this.named[field.name].control.append(h("option", { value: held }, JSON.parse(held).map(nameOf).join(", ")));
      this.named[field.name].value = held.startsWith('"') ? JSON.parse(held) : held;
    }
  }

  read() {
    const row = {};
    for (const field of this.declared.fields) {
      const value = this.named[field.name].value;
      if (value) row[field.name] = ["number", "day"].includes(field.is) || value.startsWith("[") ? value : JSON.stringify(value);
    }
    return row;
  }

  nameOf(_, at) {
    return `${this.noun} ${at + 1}`;
  }

  say(row) {
    return this.declared.fields.filter((field) => row[field.name]).map((field) => `${field.label}: ${[/^["[]/.test(row[field.name]) ? JSON.parse(row[field.name]) : row[field.name]].flat().map(nameOf).join(", ")}`).join("; ");
  }
}

// Groups of the user's own, which can stand wherever a member can.
export class GroupEditor extends Editor {
  constructor() {
    super("group", "groups");
    this.name = new Field("Name (small letters and _)", input("text", { required: true, maxlength: 60 }));
    const codes = [...new Set([...world.axes.member.codes, ...(world.axes.donor?.codes ?? []).filter((code) => !world.axes.donor.groups.includes(code))])].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    this.codes = new Field("Members and donors (several: Ctrl or Shift)", choice(codes.map((code) => [code, nameOf(code)]), { multiple: true, size: 8 }));
    this.build(h("div", { class: "bar" }, this.name.element, this.codes.element));
  }

  items() {
    return Object.entries(state.groups);
  }

  parts(items) {
    return { groups: Object.fromEntries(items) };
  }

  fields() {
    return [this.name, this.codes];
  }

  // What is wrong with a group is told under its name.
  complain(problems) {
    const mine = `groups[${(this.at ?? this.items().length) + 1}]`;
    const own = `groups.${this.name.value}`;
    super.complain(problems.map((problem) => (problem.key === own || problem.key.startsWith(own) ? { ...problem, key: `${mine}.${/\[/.test(problem.key) ? "codes" : "name"}` } : problem)));
  }

  fieldOf(place) {
    return this[place] instanceof Field ? this[place] : null;
  }

  write(item) {
    this.name.value = item?.[0] ?? "";
    this.codes.value = item?.[1] ?? [];
  }

  read() {
    return [this.name.value, this.codes.value];
  }

  nameOf([name]) {
    return `group ${name}`;
  }

  say([name, codes]) {
    return `${name}: ${codes.map(nameOf).join(", ")}`;
  }
}

// All that happens on a day or a condition, in one view.
export class Happenings extends View {
  constructor(place) {
    super(place);
    this.events = new EventEditor();
    this.rows = world.lists.map((list) => new RowEditor(list));
    this.groups = world.groups_named.length ? new GroupEditor() : null;
    this.inherited = h("div", {});
    fill(
      place,
      h("h2", {}, "Events, packages and laws"),
      h("p", {}, "An event sets keys on a date, or in the runs in which a condition comes true: a law, a stop of aid after a ceasefire, a shock to the commitment. It is part of the state like any lever. For each stands what it will do, in the words of ", h("code", {}, "alliance check"), "."),
      this.inherited,
      h("h3", {}, "Events"),
      this.events.element,
      this.rows.map((editor) => [h("h3", {}, editor.declared.title), h("p", {}, editor.declared.about), editor.element]),
      this.groups && [h("h3", {}, "Groups"), h("p", {}, "Wherever a key names a member or donor, a group can stand: ", h("code", {}, "members.nordics.compliance"), ". Groups of this program: ", world.groups_named.map((group) => `${group.name} (${group.title})`).join(", "), ". Your own:"), this.groups.element],
    );
    this.opened();
  }

  editors() {
    return [this.events, ...this.rows, this.groups].filter(Boolean);
  }

  opened() {
    for (const editor of this.editors()) editor.show();
  }

  wants() {
    return { charts: [], strip: false, outlook: true };
  }

  show(told) {
    const own = state.events.map((event) => `the event "${event.name}" `);
    const others = told.outlook.filter((line) => !own.some((begin) => line.startsWith(begin)));
    fill(this.inherited, others.length > 0 && [h("h3", {}, "What ", h("code", {}, "alliance check"), " says of this state"), h("ul", {}, others.map((line) => h("li", {}, line)))]);
    for (const editor of this.editors()) {
      editor.outlook = told.outlook;
      editor.mark([]);
    }
  }

  complain(problems) {
    for (const editor of this.editors()) editor.mark(problems);
  }
}
