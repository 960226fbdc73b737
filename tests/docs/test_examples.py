"""Every example of the documentation does what the page says, in a fresh folder per page."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli.program import program

DOCS = Path(__file__).resolve().parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("docs_examples", Path(__file__).with_name("examples.py"))
assert _spec
assert _spec.loader
examples = importlib.util.module_from_spec(_spec)
sys.modules["docs_examples"] = examples  # dataclasses look their module up
_spec.loader.exec_module(examples)


class Shell:
    """The few commands that pages use, in this process; remembers the last exit code."""

    def __init__(self) -> None:
        self.code = 0

    def __call__(self, line: str) -> str:
        name, *words = shlex.split(line)
        if name == "alliance":
            done = CliRunner().invoke(program, words, prog_name="alliance")
            self.code = done.exit_code
            return done.output
        if name == "echo" and words == ["$?"]:
            return f"{self.code}\n"
        if name == "ls":
            return "".join(f"{path.name}\n" for path in sorted(Path(words[0]).iterdir()))
        raise AssertionError(f"pages may use alliance, echo $? and ls, not {name}")


def run_script(text: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "<example>", "exec"), names)
    return printed.getvalue()


@pytest.mark.parametrize("page", examples.pages(DOCS), ids=lambda path: path.stem)
def test_examples_do_what_the_page_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shell, names = Shell(), {"__name__": "example"}
    for step in examples.steps(page.read_text(encoding="utf-8")):
        if step.kind == "file":
            Path(step.name).write_text(step.text, encoding="utf-8")
            continue
        printed = shell(step.text) if step.kind == "command" else run_script(step.text, names)
        if step.expected is not None:
            assert examples.agrees(step.expected, printed), (
                f"{step.text}\nprinted:\n{printed}\nthe page:\n{step.expected}"
            )


def test_pages_with_examples_are_found() -> None:
    assert {"first_run", "write_scenario", "scenario_files", "compare", "results", "python", "errors"} <= {
        page.stem for page in examples.pages(DOCS)
    }


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\n...\nc\n", "a\nb\nc\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("a b\n", "a b  \n", True),
        ("a b\n", "a c\n", False),
        ("a ... c", "a 12.3 c", True),
        ("", "printed", False),
    ],
)
def test_comparison_of_printed_text(expected: str, printed: str, same: bool) -> None:
    assert examples.agrees(expected, printed) is same
