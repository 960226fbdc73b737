"""Where each key and value of a TOML text stands, by tree-sitter."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Path = tuple[str | int, ...]
Spot = tuple[int, int]
_DEEPEST = 200  # deeper keys and values are placed at the nearest table above them


@dataclass
class Positions:
    """Line and column, from 1 and counted in characters, of keys and values by path.

    ``repeats`` lists keys set twice as (path, first spot, second spot): tomllib refuses them without the first place.
    """

    keys: dict[Path, Spot] = field(default_factory=dict)
    values: dict[Path, Spot] = field(default_factory=dict)
    repeats: list[tuple[Path, Spot, Spot]] = field(default_factory=list)

    def key(self, path: Path) -> Spot:
        """Where the key stands, or the nearest table around it."""
        return next((self.keys[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.keys), (1, 1))

    def value(self, path: Path) -> Spot:
        """Where the value stands, or the key if the value has no place of its own."""
        return self.values.get(path) or self.key(path)


def locate(text: str) -> Positions:
    """Index a TOML text; a broken one is indexed as far as it can be read."""
    import tree_sitter
    import tree_sitter_toml

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
    index = _Index(text)
    index.document(parser.parse(text.encode()).root_node)
    return index.found


class _Index:
    """Walks the syntax tree once."""

    def __init__(self, text: str) -> None:
        self.found = Positions()
        self.lines = text.encode().split(b"\n")
        self.counts: dict[Path, int] = {}
        self.declared: dict[Path, Spot] = {}

    def spot(self, node: Node) -> Spot:
        row, column = node.start_point
        return row + 1, len(self.lines[row][:column].decode(errors="replace")) + 1

    def document(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self.pair(node, (), 0)
            elif node.type in ("table", "table_array_element"):
                self.table(node)

    def table(self, node: Node) -> None:
        names = list(_names(node))
        if not names:
            return
        path: Path = ()
        for name, part in names[:_DEEPEST]:
            path = (*path, name)
            self.found.keys.setdefault(path, self.spot(part))
            if part is not names[-1][1] and path in self.counts:
                path = (*path, self.counts[path] - 1)
        where = self.spot(names[-1][1])
        if node.type == "table_array_element":
            number = self.counts.get(path, 0)
            self.counts[path] = number + 1
            path = (*path, number)
            self.found.keys[path] = self.spot(names[0][1])
        elif path in self.declared or path in self.found.values:
            self.found.repeats.append((path, self.declared.get(path) or self.found.values[path], where))
        else:
            self.declared[path] = where
        for child in node.named_children:
            if child.type == "pair":
                self.pair(child, path, 0)

    def pair(self, node: Node, base: Path, depth: int) -> None:
        names = list(_names(node))
        values = [child for child in node.named_children if child.type not in _KEYS and child.type != "comment"]
        if not names or not values or depth > _DEEPEST:
            return
        path = base
        for name, part in names[:_DEEPEST]:
            path = (*path, name)
            if part is not names[-1][1]:
                self.found.keys.setdefault(path, self.spot(part))
        if len(names) > _DEEPEST:
            return
        where = self.spot(names[-1][1])
        if path in self.found.values:
            self.found.repeats.append((path, self.found.keys[path], where))
        else:
            self.found.keys[path] = where
            self.value(values[-1], path, depth)

    def value(self, node: Node, path: Path, depth: int) -> None:
        self.found.values[path] = self.spot(node)
        if depth > _DEEPEST:
            return
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self.pair(child, path, depth + 1)
        elif node.type == "array":
            items = [child for child in node.named_children if child.type != "comment"]
            for number, child in enumerate(items):
                self.value(child, (*path, number), depth + 1)


_KEYS = ("bare_key", "quoted_key", "dotted_key")


def _names(node: Node) -> Iterator[tuple[str, Node]]:
    """Parts of the key of a pair or a table heading, left to right. Dotted keys nest to the left, so walk a stack."""
    stack = [child for child in node.named_children[:1] if child.type in _KEYS]
    while stack:
        part = stack.pop()
        if part.type == "dotted_key":
            stack.extend(reversed([child for child in part.named_children if child.type in _KEYS]))
        else:
            yield _name(part), part


def _name(part: Node) -> str:
    text = (part.text or b"").decode(errors="replace")
    if part.type == "bare_key":
        return text
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except (ValueError, StopIteration):
        return text
