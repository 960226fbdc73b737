"""The scenarios that come with the package: where they are and how a name becomes a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sim.errors import FaultError, InputError
from sim.text import nearest

QUESTIONS = "questions"


def shipped_folder() -> Path:
    """Folder of the shipped scenario files.

    An installed package carries them as ``sim/scenarios``; a checkout (also an editable installation) keeps them in
    ``scenarios`` beside ``sim``.

    Raises:
        FaultError: neither folder is there, so the installation is incomplete.
    """
    room = Path(__file__).resolve().parent
    for folder in (room / "scenarios", room.parent / "scenarios"):
        if folder.is_dir():
            return folder
    raise FaultError("the shipped scenarios are missing from this installation; install the package again")


def shipped_names() -> list[str]:
    """Names of the shipped scenarios (file names without ``.toml``), sorted."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def shipped_questions() -> list[str]:
    """Names of the shipped questions, scenarios in the folder ``questions``, such as ``questions/01_...``, sorted."""
    return sorted(f"{QUESTIONS}/{path.stem}" for path in (shipped_folder() / QUESTIONS).glob("*.toml"))


def worked_questions() -> dict[str, Path]:
    """The files of the worked questions, which `alliance solve` answers, by their names; in a wheel ``sim/worked``."""
    room = Path(__file__).resolve().parent
    folder = next((each for each in (room / "worked", room.parent / QUESTIONS) if each.is_dir()), room)
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find_worked(text: str) -> Path | None:
    """The worked question that ``text`` names, alone or below ``questions/``; None for a file and anything else."""
    path = Path(text)
    if path.suffix not in ("", ".toml") or path.parts not in ((path.name,), (QUESTIONS, path.name)) or path.exists():
        return None
    return worked_questions().get(path.stem)


def shipped_title(name: str) -> str:
    """The title of a shipped scenario or question. Only its text is parsed, without the model or the facts."""
    try:
        text = (shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text).get("title", ""))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return "cannot be read; `alliance check` says why"


def find_scenario(scenario: str | Path) -> Path:
    """The file that ``scenario`` means: a path to a file or, failing that, the name of a shipped scenario.

    Raises:
        InputError: there is no such file and no shipped scenario of that name.
    """
    path = Path(scenario)
    try:
        here, folder = path.exists(), path.is_dir()
    except (OSError, ValueError):  # a name no file can have, or a folder that may not be entered
        here, folder = False, False
    if here and not folder:
        return path
    names = shipped_names()
    if len(path.parts) == 1 and path.suffix in ("", ".toml") and path.stem in names:
        return _from_here(shipped_folder() / f"{path.stem}.toml")
    if len(path.parts) == 2 and path.parts[0] == QUESTIONS and path.suffix in ("", ".toml"):
        names = shipped_questions()
        number = f"{QUESTIONS}/{path.stem.zfill(2)}_" if path.stem.isdigit() else ""
        meant = [name for name in names if name == f"{QUESTIONS}/{path.stem}" or (number and name.startswith(number))]
        if len(meant) == 1:
            return _from_here(shipped_folder() / f"{meant[0]}.toml")
    what = "a folder, not a scenario file" if folder else "no such file, and no shipped scenario of that name"
    numbered = len(path.parts) == 2 and path.parts[0] == QUESTIONS and len(path.stem) < 4
    near = (
        []
        if numbered
        else nearest(path.with_suffix("").as_posix() if path.parts[:1] == (QUESTIONS,) else path.stem, names, most=1)
    )
    hint = (
        f"did you mean '{near[0]}'?"
        if near
        else f"`alliance list{f' {QUESTIONS}' if numbered else ''}` shows the shipped ones"
    )
    raise InputError(f"'{scenario}': {what}; {hint}")


def _from_here(path: Path) -> Path:
    """``path`` as a reader in the current folder would write it, where it lies below."""
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, OSError):  # it lies elsewhere, or the current folder is gone
        return path
