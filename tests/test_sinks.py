"""Texts that a user wrote reach terminal, picture, table and page in a form that each can hold."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from sim.analysis.rows import csv_text
from sim.ensemble import tidy
from sim.figures import draw_all
from sim.figures.ink import undrawn
from sim.loading import check, load
from sim.model.engine.variables import Axes
from sim.text import cell, unfit

HEAD = 'title = "{}"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\nend = 2025-03-31\n'


@pytest.mark.parametrize(
    "letter", ["\\u0001", "\\b", "\\u001b", "\\ufffe", "\\u0085", "\\u202e", "\\u2066", "\\u007f", "\\U0001FFFF"]
)
@pytest.mark.parametrize("field", ["title", "description", "reference", "event"])
def test_a_text_that_no_sink_can_hold_is_refused_with_its_place(tmp_path: Path, letter: str, field: str) -> None:
    words = dict.fromkeys(("title", "description", "reference", "event"), "plain") | {field: f"a{letter}b"}
    path = tmp_path / "case.toml"
    path.write_text(
        f'title = "{words["title"]}"\ndescription = "{words["description"]}"\nreferences = ["{words["reference"]}"]\n'
        f'extends = "baseline"\n[[events]]\ndate = 2025-06-01\nname = "{words["event"]}"\n'
        "set = { us.commitment.shock = -0.2 }\n"
    )
    (problem,) = check(path)
    assert "which cannot be shown; write it without" in problem.message
    assert problem.line == {"title": 1, "description": 2, "reference": 3, "event": 7}[field]


def test_texts_of_every_script_and_with_lines_are_fit() -> None:
    for text in ("北约", "حلف الناتو", "می‌خواهم", "Україна 🇺🇦", "two\nlines", "हिन्दी"):
        assert unfit(text, "\n") == ""
    assert unfit("a\x1b[31m") == "\\u001b"
    assert unfit("gpj\u202eexe") == "\\u202e"
    assert unfit("half \ud800") == "\\ud800"


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@SUM(A1)", "\t=1", '=HYPERLINK("http://example.org")'])
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert csv_text([{"a": text}], ["a"]).splitlines()[1].lstrip('"').startswith("'")
    assert tidy.text(text, (), Axes((), ()), {}).decode().count("\n") == 1
    content = tidy.renamed(b"scenario,variable\nx,y\n", text).decode()
    assert content.splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["-1.5", "+3", "-2e-05", "x=1", "", "1-2"])
def test_numbers_and_other_words_stand_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_letters_that_no_font_has_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from sim.ensemble import run

    path = tmp_path / "cjk.toml"
    path.write_text(HEAD.format("北约 Україна"), encoding="utf-8")
    result = run(load(path), runs=2, out=tmp_path / "r")
    with caplog.at_level(logging.WARNING):
        draw_all(result, tmp_path / "drawn", ("svg",), names=["overview"])
    assert [record.getMessage() for record in caplog.records] == [
        "no font of the figures has 北约: boxes stand for them; a label in Latin letters helps"
    ]
    assert undrawn("Україна, Ελλάδα, Türkiye − ½ km²") == ""
