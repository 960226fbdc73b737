// Answers of a page without a server: from a grid calculated in advance, straight lines between its points.

export function storedAnswer() {
  throw new Error("This page carries no stored answers.");
}
