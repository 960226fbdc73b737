// Pictures to take away of what the page draws by other means than charts over time: bars, tiles, small multiples.
import { escaped, said } from "./util.js";
import { drawChart, inkOn, LIGHT, mixed } from "./charts.js";

const FONT = `font-family="'DejaVu Sans', Verdana, Arial, sans-serif" font-size="12"`;

// A page of paper with a title, what is drawn on it, and notes at its foot.
function sheet(width, height, title, drawn, notes, alt = title) {
  const whole = Math.ceil(height + 16 + 13 * notes.length);
  const small = notes.map((words, line) => `<text x="6" y="${whole - 6 - 13 * (notes.length - 1 - line)}" font-size="10" fill="${LIGHT.muted}">${escaped(words)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${whole}" role="img" aria-label="${escaped(alt)}" ${FONT}><rect width="${Math.ceil(width)}" height="${whole}" fill="${LIGHT.paper}"/><text x="6" y="20" font-size="14" font-weight="bold" fill="${LIGHT.ink}">${escaped(title)}</text>${drawn.join("")}${small.join("")}</svg>`;
}

// Bars from a common line. A row: `label`, `words` at its end, `bars` of [value, colour], `range` of a thin line or null.
export function barsPicture(title, rows, notes) {
  const [left, wide, high] = [310, 250, 20];
  const values = rows.flatMap((row) => [...row.bars.map(([value]) => value), ...(row.range ?? [])]);
  const low = Math.min(0, ...values);
  const span = Math.max(0, ...values) - low || 1;
  const x = (value) => left + (wide * (value - low)) / span;
  const drawn = rows.map((row, line) => {
    const top = 34 + line * high;
    const part = 14 / row.bars.length;
    const bars = row.bars.map(([value, colour], at) => `<rect x="${x(Math.min(0, value)).toFixed(1)}" y="${top + at * part}" width="${(x(Math.abs(value)) - x(0)).toFixed(1)}" height="${part}" fill="${colour}"/>`);
    const range = row.range ? `<path d="M${x(row.range[0]).toFixed(1)} ${top + 7}H${x(row.range[1]).toFixed(1)}" stroke="${LIGHT.ink}"/>` : "";
    return `<text x="${left - 8}" y="${top + 11}" text-anchor="end" fill="${LIGHT.ink}">${escaped(row.label.length > 42 ? `${row.label.slice(0, 41)}…` : row.label)}</text>${bars.join("")}${range}<text x="${left + wide + 8}" y="${top + 11}" fill="${LIGHT.ink}" font-size="11">${escaped(row.words)}</text>`;
  });
  const line = `<path d="M${x(0).toFixed(1)} 30V${34 + rows.length * high}" stroke="${LIGHT.rule}"/>`;
  return sheet(left + wide + 230, 40 + rows.length * high, title, [...drawn, line], notes);
}

export const barColours = () => [mixed(LIGHT.looks[0], LIGHT.paper, 0.75), mixed(LIGHT.looks[1], LIGHT.paper, 0.75)];

// The grid of members: tiles of `code`, `words` and `shade`, each at its [row, column]; `keys` say what shades mean.
export function tilesPicture(title, tiles, keys, notes) {
  const side = 58;
  const rows = 1 + Math.max(...tiles.map(({ place: [row] }) => row));
  const drawn = tiles.map(({ code, words, shade, place: [row, column] }) => {
    const [x, y, ink] = [6 + column * side, 34 + row * 42, inkOn(shade)];
    return `<rect x="${x}" y="${y}" width="${side - 3}" height="39" rx="3" fill="${shade}"/><text x="${x + side / 2 - 1}" y="${y + 16}" text-anchor="middle" font-weight="bold" fill="${ink}">${code}</text><text x="${x + side / 2 - 1}" y="${y + 31}" text-anchor="middle" fill="${ink}">${escaped(words)}</text>`;
  });
  const wide = 6 + side * (1 + Math.max(...tiles.map(({ place: [, column] }) => column)));
  const key = keys.map(([shade, words], at) => {
    const [x, y] = [6 + (at % 3) * 200, 40 + rows * 42 + 18 * Math.floor(at / 3)];
    return `<rect x="${x}" y="${y}" width="16" height="12" fill="${shade}" stroke="${LIGHT.rule}"/><text x="${x + 22}" y="${y + 10}" fill="${LIGHT.ink}">${escaped(words)}</text>`;
  });
  return sheet(Math.max(wide, 620), 44 + rows * 42 + 18 * Math.ceil(keys.length / 3), title, [...drawn, ...key], notes);
}

// Many small charts on one scale, with the name of each above and its last median below.
export function multiplesPicture(title, charts, nameOf, options, notes) {
  const drawn = charts.map((chart, at) => {
    const [x, y] = [8 + (at % 5) * 148, 34 + Math.floor(at / 5) * 110];
    const inner = drawChart(chart, { ...options, width: 140, height: 74, mini: true, colours: LIGHT }).svg.replace("<svg ", `<svg x="${x}" y="${y + 16}" width="140" height="74" `);
    return `<text x="${x}" y="${y + 12}" font-weight="bold" fill="${LIGHT.ink}">${escaped(nameOf(chart))}</text>${inner}<text x="${x}" y="${y + 102}" font-size="11" fill="${LIGHT.muted}">${said(chart.values.at(-1)[2], chart.places)}</text>`;
  });
  return sheet(752, 40 + 110 * Math.ceil(charts.length / 5), title, drawn, notes);
}
