"""The notebook of the documentation runs from top to bottom, and each cell shows something a notebook can show."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

BOOK = Path(__file__).resolve().parents[2] / "docs" / "tour.ipynb"
SHOWN = ("_repr_html_", "_repr_svg_", "_repr_png_")


def cells() -> list[str]:
    book = json.loads(BOOK.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    return ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """The value of a cell's last expression, as a notebook would show it; None if the cell does not end in one."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, BOOK.name, "exec"), names)
    return eval(compile(ast.Expression(last.value), BOOK.name, "eval"), names) if last else None  # type: ignore[attr-defined]


def test_every_cell_runs_and_shows_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for source in cells():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            value = run_cell(source, names)
        rich = [getattr(value, name)() for name in SHOWN if hasattr(value, name)]
        assert rich or value is not None or printed.getvalue(), source
        assert all(rich), source
        if ".plot(" in source:
            assert rich, f"{source}: a figure is not shown inline"


def test_the_notebook_is_stored_without_outputs() -> None:
    book = json.loads(BOOK.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in book["cells"])
