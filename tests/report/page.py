"""A page as a tree, read with nothing but the standard library, so that tests see what a browser is given."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

VOID = {"meta", "link", "br", "hr", "img", "input", "col"}


class Node:
    def __init__(self, tag, attributes=(), parent=None):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children = []

    def walk(self):
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag, **attributes):
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}

        def fits(node):
            held = {key: (node.attributes.get(key) or "").split() for key in wanted}
            return node.tag == tag and all(value in held[key] for key, value in wanted.items())

        return [node for node in self.walk() if fits(node)]

    def one(self, tag, **attributes):
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def text(self):
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join("".join(parts).split())


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("")

    def handle_starttag(self, tag, attributes):
        node = Node(tag, attributes, self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_startendtag(self, tag, attributes):
        self.here.children.append(Node(tag, attributes, self.here))

    def handle_endtag(self, tag):
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)


def parse(text):
    """The tree of a page; AssertionError where an element is not closed in its turn."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> is not closed"
    return builder.root


def downloads(root):
    """The CSV files the page holds: name to text, with Excel's mark taken off."""
    found = {}
    for link in root.all("a"):
        if "download" in link.attributes:
            head, _, body = link.attributes["href"].partition(",")
            assert head == "data:text/csv;charset=utf-8"
            found[link.attributes["download"]] = unquote_to_bytes(body).decode("utf-8-sig")
    return found


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))
