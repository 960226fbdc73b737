"""The house holds: rooms import one way, one file makes random numbers, one room prints, everything stays readable."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "sim").rglob("*.py"))
TEXTS = [
    path
    for folder in ("sim", "scenarios", "docs", "benchmarks", "results", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".toml", ".md", ".json", ".csv", ".html", ".txt", "") and path.is_file()
    if folder != "results" or path.name == "README.md"
] + [path for path in ROOT.glob("*") if path.suffix in (".md", ".toml", ".txt")]
HEAVY = {"matplotlib", "xarray", "scipy", "pandas", "numpy", "simpy", "rich", "h5netcdf", "tree_sitter"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names_used(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import, attribute chain and call target in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id


# The points of a sweep are a seeded design of SciPy, not draws of the model.
DESIGN = re.compile(r"qmc\.\w+\(.*\brng=seed\)\.random")
RANDOM = re.compile(r"(^|\.)(random|secrets|default_rng|Generator|Philox|PCG64|RandomState|SeedSequence|rvs)(\.|$)")


def random_names(path: Path) -> list[str]:
    """``line name`` of all that makes or carries random numbers; the iterator type ``abc.Generator`` does not."""
    used = list(names_used(path))
    iterator = any(dotted == "collections.abc.Generator" for _, dotted in used)
    return [
        f"{line} {dotted}"
        for line, dotted in used
        if RANDOM.search(dotted) and not DESIGN.fullmatch(dotted)
        if not (iterator and dotted in ("Generator", "collections.abc.Generator"))
    ]


def test_random_generators_are_made_in_one_file_only() -> None:
    found = {name(path): random_names(path) for path in FILES if name(path) != "sim/model/engine/streams.py"}
    assert {path: used for path, used in found.items() if used} == {}


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "import numpy as np; np.random.seed(1)",
        "from numpy.random import default_rng",
        "from numpy import random as luck",
        "import numpy; numpy.random.Generator(numpy.random.Philox(1))",
        "import secrets",
        "def draw(law): return law.rvs(3)",
    ],
)
def test_the_scan_sees_each_way_to_make_random_numbers(line: str, tmp_path: Path) -> None:
    (tmp_path / "seeded.py").write_text(line)
    assert random_names(tmp_path / "seeded.py")


def test_only_the_command_line_prints_or_exits() -> None:
    forbidden = {"print", "exit", "quit", "input", "sys.exit", "os._exit", "sys.stdout", "sys.stderr", "SystemExit"}
    # A worker process whose parent is gone has nobody to report to; Ctrl-C is heard before the command line is loaded.
    allowed = {("sim/ensemble/executors.py", "os._exit"), ("sim/start.py", "os._exit")}
    found = [
        f"{name(path)}:{line} {used}"
        for path in FILES
        if not name(path).startswith("sim/cli/")
        for line, used in names_used(path)
        if used in forbidden or used.split(".")[0] in ("click", "rich")
        if (name(path), used) not in allowed
    ]
    assert found == []


def test_every_file_can_be_read_in_one_sitting() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: lines for path, lines in lengths.items() if lines > 500} == {}


def test_every_function_fits_on_one_screen() -> None:
    found = [
        f"{name(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 70
    ]
    assert found == []


def test_no_file_names_a_machine_or_a_package_index() -> None:
    machine = re.compile(
        r"/(?:home|root|Users|work|tmp)/\w|[A-Z]:\\\\|\bsite-packages/|(?:pypi|pythonhosted)\.org|index-url"
    )
    found = [
        f"{name(path)}: {match.group()}"
        for path in TEXTS
        if (match := machine.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_constraints_are_exact_and_carry_neither_addresses_nor_hashes() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    wrong = [
        pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*(; python_version [<>=]+ '3\.\d+')?", pin)
    ]
    assert wrong == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    pinned = {pin.split("==")[0] for pin in pins}
    assert {re.split(r"[><=\[]", line)[0] for line in wanted} - pinned == set()


def test_every_folder_of_code_is_a_package_and_so_travels_in_the_wheel() -> None:
    without = {name(path.parent) for path in FILES if not (path.parent / "__init__.py").is_file()}
    assert without == set()


def test_every_data_file_travels_in_the_wheel() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    # A pattern for all packages reaches the files beside an __init__.py, not those of a plain folder below it; the
    # scenarios have no __init__.py and are named as packages in setup.py.
    reached = {
        path
        for path in (ROOT / "sim").rglob("*")
        if (path.parent / "__init__.py").is_file() and any(path.match(pattern) for pattern in data["*"])
    } | {
        path
        for package, patterns in data.items()
        if package != "*"
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    inside = {path for path in (ROOT / "sim").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert {name(path) for path in inside - reached} == set()
    assert {path.suffix for room in ("scenarios", "questions") for path in (ROOT / room).rglob("*.*")} == {".toml"}


def test_rooms_import_only_rooms_to_their_left() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    if not lint.exists():
        pytest.skip("import-linter is not installed")
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def imported_by(code: str) -> set[str]:
    """Heavy libraries that are loaded after ``code`` ran in a fresh interpreter."""
    script = f"{code}\nimport sys\nsys.stderr.write(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return HEAVY & set(done.stderr.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert imported_by("import sim") == set()


@pytest.mark.parametrize(
    "room",
    [
        "errors",
        "shipped",
        "scenario",
        "facts",
        "model",
        "ensemble",
        "evidence",
        "analysis",
        "figures",
        "explore",
        "cli",
    ],
)
def test_importing_a_room_loads_no_plotting_and_no_analysis_library(room: str) -> None:
    loaded = imported_by(f"import sim.{room}")
    assert loaded & {"matplotlib", "xarray", "scipy", "pandas", "h5netcdf", "rich"} == set()


def test_the_help_page_loads_nothing_heavy() -> None:
    code = (
        "from click.testing import CliRunner\nfrom sim.cli.program import program\n"
        "assert CliRunner().invoke(program, ['--help']).exit_code == 0"
    )
    assert imported_by(code) == set()


def test_readme_gives_the_two_commands_as_single_lines() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for mark, last in (("run", ".venv/bin/alliance run baseline"), ("tests", ".venv/bin/pytest -n 2")):
        found = re.search(rf"<!-- {mark} -->\n```sh\n(.*)\n```\n<!-- /{mark} -->", text)
        assert found, mark
        assert found.group(1).startswith("python3 -m venv .venv && ")
        assert found.group(1).endswith(last)
