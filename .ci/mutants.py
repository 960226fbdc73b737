"""Change one thing in a copy of the code, run the tests that are close to it, and see whether one of them notices.

    .venv/bin/python .ci/mutants.py [COUNT] [SEED] [--only 3,17] [--seconds 40] [--files 8]

Draws COUNT places (60) with a SEED (9): a quarter of them bounds and priors of parameters, one of every room of
``sim``, the others over all of it: comparisons, signs, constants, terms, negations. The tests are those whose text
names the module, what is defined in it, or the parameter; those that compare with stored figures (`shipped`, pictures,
the stored card and record) are left out, so a mutant that dies here is killed by a test that says why. A test that
fails under a mutant is tried again without it: only one that passes there has noticed something. Survivors are
listed; whoever reads them says which change nothing that anyone can see. ``--only`` tries some of the same draw again.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS_OF_ROOM = {
    "__init__": ["cli/test_api.py"],
    "__main__": ["cli/test_program.py"],
    "loading": ["scenario", "cli/test_api.py", "model/test_late_starts.py"],
    "shipped": ["scenario", "cli/test_shipped.py"],
    "limits": ["scenario/test_limits.py"],
    "analysis": ["analysis", "relations", "explain", "sweep"],
    "figures": ["figures_compared", "report", "figures"],
}
STORED = ("tests/shipped/", "tests/docs/", "tests/figures/test_pictures.py", "tests/figures_compared/test_pictures.py",
          "tests/sweep/test_worked.py", "tests/evidence/test_card.py", "tests/evidence/test_replication_2026.py",
          "tests/explore/test_browser.py", "tests/report/test_browser.py", "tests/test_house.py")  # fmt: skip
"""Tests that compare with stored figures, need a browser, or read the text of the code itself."""
STORED_TESTS = (
    "tests/evidence/test_calibration.py::test_the_shipped_draws_are_what_the_shipped_tables_give",
    "tests/evidence/test_calibration.py::test_every_vintage_ships_as_its_day_gives_it",
)
"""Single tests of the same kind."""

SWAPS = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.Add: "-",
         ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.And: "or", ast.Or: "and", ast.Is: "is not", ast.IsNot: "is",
         ast.In: "not in", ast.NotIn: "in"}  # fmt: skip
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any"}
DECLARES = ("assumption", "estimated", "data", "Parameter")


@dataclass(frozen=True)
class Place:
    """One thing that can be changed: where it stands, what replaces it, and the names by which tests know it."""

    path: Path
    line: int
    begin: int
    end: int
    new: str
    names: tuple[str, ...] = ()
    declaration: bool = False


def places(path: Path) -> list[Place]:
    """Everything that can be changed in a file, outside of annotations and texts."""
    source = path.read_text(encoding="utf-8")
    lines = [line.encode() for line in source.split("\n")]
    answer: list[Place] = []

    def visit(node: ast.AST, names: tuple[str, ...], declaration: bool) -> None:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names = (*names, node.name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DECLARES:
            key = node.args[0] if node.args else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                names, declaration = (*names, key.value), True
        for line, begin, end, new in _changes(node, lines):
            answer.append(Place(path, line, begin, end, new, names, declaration))
        skipped = {id(part) for part in (getattr(node, "annotation", None), getattr(node, "returns", None)) if part}
        for child in ast.iter_child_nodes(node):
            if id(child) not in skipped:
                visit(child, names, declaration)

    visit(ast.parse(source), (), False)
    return answer


def _changes(node: ast.AST, lines: list[bytes]) -> list[tuple[int, int, int, str]]:
    """Line, columns and new text of what a node itself can be changed into."""
    if isinstance(node, ast.Constant) and node.end_lineno == node.lineno:
        if isinstance(node.value, bool):
            new = str(not node.value)
        elif isinstance(node.value, int):
            new = str(node.value + 1)
        elif isinstance(node.value, float):
            new = repr(node.value * 1.5 + 0.1)
        else:
            return []
        return [(node.lineno, node.col_offset, node.end_col_offset or 0, new)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        return (
            [(node.lineno, node.col_offset, node.operand.col_offset, "")] if node.lineno == node.operand.lineno else []
        )
    if isinstance(node, ast.Call):
        name = node.func
        word = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
        if word in NAMES and name.end_lineno:
            end = name.end_col_offset or 0
            return [(name.end_lineno, end - len(word), end, NAMES[word])]
        return []
    if isinstance(node, ast.Compare):
        left, operator, right = node.left, node.ops[0], node.comparators[0]
    elif isinstance(node, ast.BinOp):
        left, operator, right = node.left, node.op, node.right
    elif isinstance(node, ast.BoolOp):
        left, operator, right = node.values[0], node.op, node.values[1]
    else:
        return []
    new = SWAPS.get(type(operator), "")
    if not new or left.end_lineno != right.lineno:
        return []
    begin, end = left.end_col_offset or 0, right.col_offset
    between = lines[right.lineno - 1][begin:end].decode()
    words = between.strip(" ()")
    return [(right.lineno, begin, end, between.replace(words, new))] if words and between.count(words) == 1 else []


def draw(count: int, seed: int) -> list[Place]:
    """The places to change: a quarter in declarations of parameters, one of every room, the rest over all."""
    chance = random.Random(seed)
    found = [place for path in sorted((ROOT / "sim").rglob("*.py")) for place in places(path)]
    declared = chance.sample([place for place in found if place.declaration], count // 4)
    code = [place for place in found if not place.declaration]
    rooms: dict[str, list[Place]] = {}
    for place in code:
        rooms.setdefault(_room(place.path), []).append(place)
    drawn = [*declared, *(chance.choice(rooms[room]) for room in sorted(rooms))]
    while len(drawn) < count:
        place = chance.choice(code)
        if place not in drawn:
            drawn.append(place)
    return drawn[:count]


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "sim").parts[0].removesuffix(".py")


@cache
def _texts() -> dict[str, str]:
    tests = (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").rglob("test_*.py")))
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in tests if not name.startswith(STORED)}


def tests_of(place: Place) -> list[str]:
    """The files of tests that name what is changed, the closest first, then the others of the room."""
    parts = place.path.relative_to(ROOT).with_suffix("").parts
    module = ".".join(parts).removesuffix(".__init__")
    stem = module.rsplit(".", 1)[-1]
    room = _room(place.path)
    own = tuple(f"tests/{name}" for name in TESTS_OF_ROOM.get(room, [room]))
    scores: dict[str, float] = {}
    for name, text in _texts().items():
        score = 0.0
        if stem.strip("_") in Path(name).stem:
            score += 3
        score += 2 * any(part in Path(name).stem for part in parts[2:-1])
        if len(stem) > 4 and re.search(rf"\b{re.escape(stem)}\b", text):
            score += 1.5
        if re.search(
            rf"\b{re.escape(module)}\b|from {re.escape(module.rpartition('.')[0])} import [^\n]*\b{stem}\b", text
        ):
            score += 3
        for known in place.names:
            if known.strip("_") and re.search(rf"(?<![\w.]){re.escape(known)}(?!\w)|\.{re.escape(known)}\(", text):
                score += 2 if len(known) > 4 else 0.5
        score += name.startswith(own)
        if place.declaration and Path(name).stem in ("test_domains", "test_priors"):
            score += 9
        if score > 0:
            scores[name] = score - len(text) / 1e5
    return sorted(scores, key=lambda name: -scores[name])


def _pytest(copy: Path, tests: list[str], without: set[str], seconds: float) -> tuple[str, str]:
    """Run tests until the first fails: "passed", "failed" or "time", and the test that failed."""
    left_out = [word for name in sorted(without) for word in ("--deselect", name)]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-rfE",
        "--tb=no",
        "-p",
        "no:cacheprovider",
        *tests,
        *left_out,
    ]
    surroundings = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command, cwd=copy, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "time", ""
    if process.returncode in (0, 5):
        return "passed", ""
    failed = re.search(r"^(?:FAILED|ERROR) (\S+?(?:\[.*\])?)(?: - |$)", output, re.MULTILINE)
    return "failed", failed.group(1) if failed else ""


def try_out(copy: Path, place: Place, tests: list[str], sound: set[str], unsound: set[str], seconds: float) -> str:
    """What happened to one mutant, in words that begin with killed, SURVIVED or TIME."""
    target = copy / place.path.relative_to(ROOT)
    whole = target.read_text(encoding="utf-8")
    lines = whole.split("\n")
    row = lines[place.line - 1].encode()
    lines[place.line - 1] = (row[: place.begin] + place.new.encode() + row[place.end :]).decode()
    end = time.monotonic() + seconds
    while True:
        target.write_text("\n".join(lines), encoding="utf-8")
        try:
            outcome, test = _pytest(copy, tests, unsound, max(end - time.monotonic(), 1))
        finally:
            target.write_text(whole, encoding="utf-8")
        if outcome == "passed":
            return f"SURVIVED {len(tests)} files of tests"
        if outcome == "time":
            return f"TIME     {len(tests)} files of tests, none failed within {seconds:.0f} s"
        if test and test in sound:
            return f"killed   {test}"
        # A file that cannot be read under the mutant need only be read without it.
        asked = [test or tests[0], *(["--collect-only"] if "::" not in test else [])]
        again, _ = _pytest(copy, asked, set(), 4 * seconds)
        if again != "failed":
            sound.add(test)
            return f"killed   {test or 'before any test'}"
        if not test:
            raise SystemExit(f"{', '.join(tests)} fail without any change: no mutant can be told")
        unsound.add(test)


def main() -> int:
    """Draw and try the mutants; the exit code says whether fewer than 95% were noticed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=60)
    parser.add_argument("seed", nargs="?", type=int, default=9)
    parser.add_argument("--only", type=lambda words: {int(word) for word in words.split(",")}, default=set())
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--files", type=int, help="the closest files of tests only")
    parser.add_argument("--list", action="store_true", help="show the draw and the tests, and try nothing")
    given = parser.parse_args()
    drawn = [(number, place) for number, place in enumerate(draw(given.count, given.seed), 1)
             if not given.only or number in given.only]  # fmt: skip
    sound: set[str] = set()
    unsound = set(STORED_TESTS)
    noticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        left_out = shutil.ignore_patterns(".git", ".venv", "results", ".*_cache", "__pycache__")
        if not given.list:
            shutil.copytree(ROOT, copy, ignore=left_out)
            smoke, _ = _pytest(copy, ["tests/test_text.py"], set(), 300)
            if smoke != "passed":
                raise SystemExit("the copy fails without any change")
        for number, place in drawn:
            tests = tests_of(place)[: given.files]
            line = place.path.read_text(encoding="utf-8").split("\n")[place.line - 1]
            row = line.encode()
            changed = (row[: place.begin] + place.new.encode() + row[place.end :]).decode()
            outcome = " ".join(tests) if given.list else try_out(copy, place, tests, sound, unsound, given.seconds)
            noticed += outcome.startswith("killed")
            print(f"{number:3} {outcome}\n      {place.path.relative_to(ROOT)}:{place.line}\n"
                  f"    - {line.strip()}\n    + {changed.strip()}", flush=True)  # fmt: skip
    for test in sorted(unsound - set(STORED_TESTS)):
        print(f"fails without any change, not counted: {test}")
    print(f"{noticed} of {len(drawn)} killed")
    return int(noticed < 0.95 * len(drawn))


if __name__ == "__main__":
    sys.exit(main())
