"""Examples of a page: files it writes, commands and scripts it runs, and what they print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(toml|console|python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ELLIPSIS = "..."


@dataclass(frozen=True)
class Step:
    """``kind`` file, command or script; ``text`` what to write or run; ``expected`` what it prints, None: anything."""

    kind: str
    text: str
    expected: str | None
    name: str = ""


def steps(page: str) -> list[Step]:
    """The steps of a page, in order."""
    found: list[Step] = []
    for language, body in FENCE.findall(page):
        if language == "toml" and body.startswith("#:file "):
            name, _, text = body.removeprefix("#:file ").partition("\n")
            found.append(Step("file", body, None, name.strip()))
        elif language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, text = part.partition("\n")
                found.append(Step("command", command, text))
        elif language == "python":
            found.append(Step("script", body, None))
        elif language == "text" and found and found[-1].kind == "script":
            found[-1] = Step("script", found[-1].text, body)
    return found


def agrees(expected: str, printed: str) -> bool:
    """Whether ``printed`` is ``expected``, where ``...`` stands for anything and spaces at line ends do not count."""
    parts = [re.escape(part) for part in _trimmed(expected).split(ELLIPSIS)]
    return re.fullmatch(".*?".join(parts), _trimmed(printed), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def pages(folder: Path) -> list[Path]:
    """Pages that have steps."""
    return [path for path in sorted(folder.glob("*.md")) if steps(path.read_text(encoding="utf-8"))]
