"""The site builds without warnings, with nothing fetched, every page reachable and every formula rendered."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
# What a browser fetches by itself when it opens a page; a link is fetched only when a reader follows it.
FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx")
    pytest.importorskip("furo")
    pytest.importorskip("myst_parser")
    pytest.importorskip("latex2mathml")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", folder / "cache"]
    done = subprocess.run([*command, DOCS, folder / "html"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return folder / "html"


class _Fetched(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if (tag, name) in FETCHED]


def pages(site: Path) -> Iterator[Path]:
    yield from sorted(site.glob("*.html"))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in pages(site):
        parser = _Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.found
        assert [address for address in parser.found if re.match(r"(?:\w+:)?//", address)] == [], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")), style.name


def test_every_page_is_in_the_table_of_contents(site: Path) -> None:
    start = (site / "index.html").read_text(encoding="utf-8")
    missing = [
        path.stem for path in DOCS.glob("*.md") if f'href="{path.stem}.html"' not in start and path.stem != "index"
    ]
    assert missing == []


def test_every_formula_is_well_formed(site: Path) -> None:
    page = (site / "model.html").read_text(encoding="utf-8")
    formulas = re.findall(r"<math .*?</math>", page, re.DOTALL)
    source = (DOCS / "model.md").read_text(encoding="utf-8")
    assert len(formulas) >= len(re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", source, re.DOTALL)) > 100
    for formula in formulas:
        ElementTree.fromstring(formula)
        assert "\\" not in formula, formula
    assert "$" not in re.sub(r"<(math|script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
