"""The examples in the docstrings of public functions do what they say."""

from __future__ import annotations

import doctest
import importlib
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "sim"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
SHOWN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("name", [module_name(path) for path in FILES])
def test_examples_in_docstrings_do_what_they_say(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=SHOWN)
    # The finder leaves out what a module only imports, so every example runs once.
    for test in doctest.DocTestFinder().find(module, module.__name__):
        runner.run(test, out=told.append)
    assert runner.tries > 0
    assert runner.failures == 0, "".join(told)


@pytest.mark.parametrize("name", ["load", "run", "compare", "attribute", "draw"])
def test_every_function_of_the_front_door_has_an_example(name: str) -> None:
    import sim

    assert ">>> " in getattr(sim, name).__doc__
    assert set(sim.__all__) >= {name}
    assert sys.modules["sim"] is sim
