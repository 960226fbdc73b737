"""Change one thing in a copy of the code, run the tests that are close to it, and see whether one of them notices.

    .venv/bin/python .ci/mutants.py [COUNT] [SEED]

Draws COUNT places (60) over all files of ``sim`` with a SEED (9): comparisons, signs, constants, and bounds of
parameters among them. The tests of the room run without those that hold stored figures (`shipped`, pictures), so a
mutant that dies here is killed by a test that says why. Survivors are listed; whoever reads them says which change
nothing that anyone can see.
"""

# ruff: noqa: T201

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    "__init__": ["cli/test_api.py"],
    "__main__": ["cli/test_program.py"],
    "loading": ["scenario", "cli/test_api.py"],
    "shipped": ["scenario", "cli/test_shipped.py"],
    "analysis": ["analysis", "relations", "explain", "sweep"],
    "figures": ["figures_compared", "report", "figures"],
}
SWAPS = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.Add: "-",
         ast.Sub: "+", ast.Mult: "/", ast.And: "or", ast.Or: "and"}  # fmt: skip


def places(path: Path) -> list[tuple[Path, int, int, int, str]]:
    """Line, columns and new text of everything that can be changed in a file, outside of annotations and texts."""
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    answer = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.end_lineno == node.lineno:
            new = str(node.value + 1) if isinstance(node.value, int) else repr(node.value * 1.5 + 0.1)
            answer.append((path, node.lineno, node.col_offset, node.end_col_offset or 0, new))
            continue
        pairs: list[tuple[ast.expr, ast.AST, ast.expr]] = []
        if isinstance(node, ast.Compare):
            pairs = [(node.left, node.ops[0], node.comparators[0])]
        elif isinstance(node, ast.BinOp):
            pairs = [(node.left, node.op, node.right)]
        elif isinstance(node, ast.BoolOp):
            pairs = [(node.values[0], node.op, node.values[1])]
        for left, operator, right in pairs:
            new = SWAPS.get(type(operator), "")
            if not new or left.end_lineno != right.lineno:
                continue
            begin, end = left.end_col_offset or 0, right.col_offset
            between = lines[right.lineno - 1].encode()[begin:end].decode()
            words = between.strip(" ()")
            if words and between.count(words) == 1:
                answer.append((path, right.lineno, begin, end, between.replace(words, new)))
    return answer


def tests_of(path: Path) -> list[str]:
    """The folders of tests that speak of a file."""
    room = path.relative_to(ROOT / "sim").parts[0].removesuffix(".py")
    folders = [f"tests/{name}" for name in ROOMS.get(room, [room]) if (ROOT / "tests" / name).exists()]
    return folders or [str(test.relative_to(ROOT)) for test in (ROOT / "tests").glob("test_*.py")]


def _passes(copy: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass in the copy, those that compare with stored figures left out."""
    stored = ["--deselect", "tests/figures/test_pictures.py", "--deselect", "tests/figures_compared/test_pictures.py"]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests, *stored]
    surroundings = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(command, cwd=copy, env=surroundings, capture_output=True, check=False).returncode == 0


def main(count: int, seed: int) -> int:
    """Draw and try the mutants; the exit code says whether fewer than 95% were noticed."""
    chance = random.Random(seed)
    rooms: dict[str, list[tuple[Path, int, int, int, str]]] = {}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        rooms.setdefault(path.relative_to(ROOT / "sim").parts[0], []).extend(places(path))
    # Room by room, so that a small one is not missed.
    names = sorted(name for name in rooms if rooms[name])
    drawn = [chance.choice(rooms[names[number % len(names)]]) for number in range(count)]
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "results", ".*_cache", "__pycache__")
        )
        clean: dict[tuple[str, ...], bool] = {}
        for number, (path, line, begin, end, new) in enumerate(drawn, 1):
            chosen = tuple(tests_of(path))
            if chosen not in clean:  # a test that fails by itself would notice everything
                clean[chosen] = _passes(copy, chosen)
            if not clean[chosen]:
                raise SystemExit(f"{', '.join(chosen)} fail without any change: no mutant can be told")
            target = copy / path.relative_to(ROOT)
            whole = target.read_text(encoding="utf-8")
            lines = whole.split("\n")
            row = lines[line - 1].encode()
            old = row[begin:end].decode()
            lines[line - 1] = (row[:begin] + new.encode() + row[end:]).decode()
            target.write_text("\n".join(lines), encoding="utf-8")
            noticed = not _passes(copy, chosen)
            target.write_text(whole, encoding="utf-8")
            survivors += not noticed
            where = f"{path.relative_to(ROOT)}:{line}"
            print(
                f"{number:3} {'killed  ' if noticed else 'SURVIVED'} {where}  {old.strip()} -> {new.strip()}",
                flush=True,
            )
    print(f"{count - survivors} of {count} killed")
    return int(survivors > 0.05 * count)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in (sys.argv[1:] + ["60", "9"][len(sys.argv) - 1 :]))))
