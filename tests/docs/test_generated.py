"""Generated pages are what the code gives now; the model description names every key, and functions that exist."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from sim.model import catalogue, registry, variables

DOCS = Path(__file__).resolve().parents[2] / "docs"
MODEL = (DOCS / "model.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_have_not_drifted(generate: ModuleType) -> None:
    drifted = generate.drifted()
    assert not drifted, f"docs/{', docs/'.join(drifted)} drifted from the code; write them again: {generate.COMMAND}"


def test_a_changed_page_is_noticed(generate: ModuleType, tmp_path: Path) -> None:
    pages = generate.pages()
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert generate.drifted(tmp_path) == []
    (tmp_path / "parameters.md").write_text(pages["parameters.md"].replace("estimated", "data", 1), encoding="utf-8")
    (tmp_path / "variables.md").unlink()
    assert generate.drifted(tmp_path) == ["parameters.md", "variables.md"]


def test_tables_have_every_parameter_and_variable_once(generate: ModuleType) -> None:
    parameters, recorded = generate.parameters_page(), generate.variables_page()
    assert [p.key for p in catalogue() if parameters.count(f"| `{p.key}` |") != 1] == []
    assert [v.name for v in variables() if recorded.count(f"| `{v.name}` |") != 1] == []


def test_tables_are_tables(generate: ModuleType) -> None:
    for text in (page for name, page in generate.pages().items() if name.endswith(".md")):
        block: list[int] = []
        for line in [*text.splitlines(), ""]:
            if line.startswith("|"):
                block.append(len(re.findall(r"(?<!\\)\|", line)))
            else:
                assert len(set(block)) <= 1, line
                block = []


def test_model_description_names_every_parameter() -> None:
    assert [parameter.key for parameter in catalogue() if f"`{parameter.key}`" not in MODEL] == []


def test_model_description_names_no_other_parameter() -> None:
    groups = {key.split(".")[0] for key in catalogue().keys()}  # noqa: SIM118
    named = {word for word in re.findall(r"`([a-z_]+(?:\.[a-z0-9_*]+)+)`", MODEL) if word.split(".")[0] in groups}
    files = {word for word in named if word.endswith(".py")}
    assert sorted(word for word in named - files if catalogue().find(word) is None) == []


def test_everything_listed_as_not_identified_says_so_in_the_catalogue() -> None:
    listed = MODEL.split("## What is not identified")[1].split("## STRESS-DES")[0]
    keys = re.findall(r"`([a-z_]+(?:\.[a-z0-9_*]+)+)`", listed)
    assert len(keys) > 30
    wrong = [key for key in keys if not ((found := catalogue().find(key)) and found.depends_on)]
    assert wrong == []


def test_functions_named_beside_equations_exist() -> None:
    named = set(re.findall(r"`([a-z_/]+)\.py:(\w+)`", MODEL))
    assert len(named) > 25
    modules = {file: importlib.import_module("sim.model." + file.replace("/", ".")) for file, _ in named}
    missing = [f"{file}.py:{name}" for file, name in named if not hasattr(modules[file], name)]
    assert missing == []


def test_the_order_of_phases_is_that_of_the_code() -> None:
    table = MODEL.split("| phase | who acts | when |")[1].split("\n\n")[0]
    assert tuple(re.findall(r"^\| ([a-z_]+) \|", table, re.MULTILINE)) == registry().phases
