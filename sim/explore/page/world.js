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

export const parameterOf = (key) => known.get(key);
export const nameOf = (code) => world.names[code] ?? code;
export const variableOf = (name) => world.variables.find((variable) => variable.name === name);
