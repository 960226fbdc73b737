"""Whom to credit: the credit line, the table of sources and the terms that come with the facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

_CREDIT = "Credit line"


@dataclass(frozen=True, slots=True)
class Source:
    """A source of the tables: its key, what it is and the terms of its use."""

    key: str
    what: str
    terms: str


@dataclass(frozen=True, slots=True)
class Credits:
    """The credit line, what it says about terms, and every source."""

    line: str
    terms: str
    sources: tuple[Source, ...]


def credits_of_facts() -> Credits:
    """What ``sim/facts/SOURCES.md`` says, read from the installed package."""
    text = files("sim.facts").joinpath("SOURCES.md").read_text(encoding="utf-8")
    last = text.partition(f"## {_CREDIT}")[2].partition("\n## ")[0]
    paragraphs = [" ".join(part.split()) for part in last.strip().split("\n\n")]
    quoted = [re.sub(r"\s*> ?", " ", part).strip() for part in paragraphs if part.startswith(">")]
    plain = [part for part in paragraphs if part and not part.startswith(">")]
    return Credits(_plain(" ".join(quoted)), _plain(" ".join(plain)), tuple(_sources(text)))


def _sources(text: str) -> list[Source]:
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and re.fullmatch(r"[A-Z][A-Z0-9]*", cells[0]):
            found.append(Source(cells[0], _plain(cells[1]), _plain(cells[3])))
    return found


def _plain(text: str) -> str:
    """Without the marks of Markdown."""
    return re.sub(r"\*\*|`", "", text)
