// What the page is told once: scenarios, levers, parameters, variables, codes and places.
export const world = {};

const known = new Map();

export function meet(facts) {
  Object.assign(world, facts);
  known.clear();
  for (const parameter of facts.parameters) {
    if (!parameter.entities.length) known.set(parameter.key, parameter);
    for (const code of parameter.entities) known.set(parameter.key.replace("*", code), { ...parameter, key: parameter.key.replace("*", code) });
  }
}

// A key of a group of members or donors stands for the keys of each.
export function parameterOf(key) {
  const found = known.get(key);
  if (found || !key.includes(".")) return found;
  const parts = key.split(".");
  for (let at = 1; at < parts.length; at += 1) {
    const pattern = parts.with(at, "*").join(".");
    const parameter = /^[A-Z]{3}$/.test(parts[at]) ? null : world.parameters.find((each) => each.key === pattern);
    if (parameter) return { ...parameter, key };
  }
  return undefined;
}

// Groups that can stand for the entities of a parameter: name and title, those of the user's own last.
export const groupsFor = (parameter, own) => [
  ...world.groups_named.filter(({ codes, means, title }, at) => (codes === null || codes.some((code) => parameter.entities.includes(code))) && !(means && parameter.entities.includes(means)) && !world.groups_named.slice(0, at).some((other) => other.title === title && !(other.means && parameter.entities.includes(other.means)))).map(({ name, title }) => [name, `${title} (group)`]),
  ...Object.entries(own).filter(([, codes]) => codes.some((code) => parameter.entities.includes(code))).map(([name]) => [name, `${name} (own group)`]),
];

export const nameOf = (code) => world.names[code] ?? world.groups_named.find((group) => group.name === code)?.title ?? code;
export const variableOf = (name) => world.variables.find((variable) => variable.name === name);
