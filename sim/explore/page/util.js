// Small helpers: elements, texts, numbers, downloads.

// An element with attributes and children; texts are set as text, never as markup.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in { value: 1, checked: 1, selected: 1, disabled: 1, hidden: 1, open: 1 }) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

let numbering = 0;
export const freshId = (prefix) => `${prefix}-${++numbering}`;

export const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

// A number with commas and a real minus sign, as everywhere in the program; years are never grouped.
export function said(value, places = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "n/a";
  const power = 10 ** places;
  const rounded = Math.round(value * power) / power;
  const text = Math.abs(rounded).toLocaleString("en-US", {
    minimumFractionDigits: Math.max(places, 0),
    maximumFractionDigits: Math.max(places, 0),
  });
  return rounded < 0 ? `−${text}` : text;
}

// A change with its sign; what rounds to nought has none.
export function signedWith(value, places) {
  const words = said(value, places);
  return `${value > 0 && /[1-9]/.test(words) ? "+" : ""}${words}`;
}

export const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export function dateSaid(day, every) {
  return every === "year" ? day.slice(0, 4) : `${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;
}

export function placesFor(values) {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  return largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 0.1 || largest === 0 ? 2 : 3;
}

export function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 5000);
}

export function announce(text) {
  clearTimeout(announce.waiting);
  announce.waiting = setTimeout(() => ($("status").textContent = text), 600);
}

export function notice(text, kind = "wrong") {
  const place = $("notice");
  if (!text) return fill(place);
  const lines = Array.isArray(text) ? text : [text];
  return fill(
    place,
    h("div", { class: `notice ${kind}` }, lines.map((line) => h("p", {}, line)), h("button", { type: "button", onclick: () => fill(place) }, "Close")),
  );
}

export async function copied(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    notice(`${what} is in the clipboard.`, "done");
  } catch {
    notice([`${what}:`, text], "done");
  }
}

export function csvText(rows) {
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function table(caption, head, rows, options = {}) {
  return h(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
    h(
      "table",
      { class: options.class },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, place) => (place ? h("td", {}, cell) : h("th", { scope: "row" }, cell)))))),
    ),
  );
}

export function select(label, options, value, onchange, attributes = {}) {
  const id = freshId("choice");
  return h(
    "span",
    { class: "field" },
    h("label", { for: id }, label),
    h(
      "select",
      { id, onchange: (event) => onchange(event.target.value), ...attributes },
      options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)),
    ),
  );
}

// The buttons with which pictures and numbers are taken away. `picture` gives an SVG, null where there is none; `rows` the numbers with their heads.
export function takeAway(name, rows, picture = null, alt = () => "") {
  const file = () => name().replace(/[^\w-]+/g, "_");
  const button = (words, what, action) => h("button", { type: "button", class: "small", onclick: action, "aria-label": what }, words);
  const png = () => {
    const svg = picture();
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg).map((part) => 3 * Number(part));
    const image = new Image();
    image.onload = () => {
      const canvas = h("canvas", { width, height });
      canvas.getContext("2d").drawImage(image, 0, 0, width, height);
      canvas.toBlob((blob) => save(`${file()}.png`, blob, "image/png"));
    };
    image.src = `data:image/svg+xml,${encodeURIComponent(svg.replace("<svg ", `<svg width="${width}" height="${height}" `))}`;
  };
  const embed = () => copied(`<img alt="${escaped(alt())}" src="data:image/svg+xml,${encodeURIComponent(picture()).replaceAll("'", "%27")}">`, "One line of HTML for this chart");
  return h(
    "div",
    { class: "tools" },
    picture && [button("SVG", "Download this chart as SVG", () => save(`${file()}.svg`, picture(), "image/svg+xml")), button("PNG", "Download this chart as PNG", png)],
    button("CSV", "Download these numbers as CSV", () => save(`${file()}.csv`, csvText(rows()), "text/csv")),
    picture && button("Embed", "Copy one line of HTML that shows this chart", embed),
  );
}
