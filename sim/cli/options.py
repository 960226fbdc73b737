"""Options and arguments that several verbs share."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from sim.limits import MOST_JOBS, MOST_RUNS, MOST_SEED

FORMATS = ("svg", "png", "pdf")
USUAL_FORMATS = ("svg", "png")

Verb = TypeVar("Verb", bound=Callable[..., Any])


def usable_cores() -> int:
    """Cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Formats(click.ParamType[tuple[str, ...]]):
    """A comma-separated list of formats, e.g. ``svg,png``."""

    name = "formats"

    def __init__(self, allowed: Sequence[str] = FORMATS) -> None:
        self.allowed = tuple(allowed)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The formats in the given order, each once."""
        if isinstance(value, tuple):
            return value
        words = tuple(dict.fromkeys(word.strip().lower() for word in value.split(",") if word.strip()))
        unknown = [word for word in words if word not in self.allowed]
        if unknown or not words:
            what = f"unknown format '{unknown[0]}'" if unknown else "no format named"
            self.fail(f"{what}; allowed: {', '.join(self.allowed)}, separated by commas", param, ctx)
        return words


class OutPath(click.Path):
    """A folder to write to. An empty text, as of an unset shell variable, would mean the current folder: refused."""

    folder = True

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if isinstance(value, str) and not value.strip():
            self.fail("an empty text is no path; write . for the current folder, or leave --out away", param, ctx)
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.exists() and path.is_dir() is not self.folder:
            self.fail(f"'{value}' is a {'file; name a folder' if self.folder else 'folder; name a file'}", param, ctx)
        return path


class FilePath(OutPath):
    """A file to write whose name must have one of ``endings``."""

    folder = False

    def __init__(self, *endings: str) -> None:
        super().__init__()
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        path = super().convert(value, param, ctx)
        if path.suffix.lower() not in self.endings:
            self.fail(f"'{value}' must end in {' or '.join(self.endings)}", param, ctx)
        return path


def ensemble_options(runs: int = 1000) -> Callable[[Verb], Verb]:
    """A decorator that adds how an ensemble is simulated, ``--runs --seed --jobs --set``; ``runs`` is the default."""
    return lambda verb: _with_ensemble_options(verb, runs)


def _with_ensemble_options(verb: Verb, runs: int) -> Verb:
    for option in reversed(
        (
            click.option(
                "--runs", type=click.IntRange(1, MOST_RUNS), default=runs, show_default=True, help="Runs to simulate."
            ),
            click.option(
                "--seed", type=click.IntRange(0, MOST_SEED), default=1, show_default=True, help="Seed of every draw."
            ),
            click.option(
                "--jobs", type=click.IntRange(1, MOST_JOBS), default=None, help="Processes.  [default: usable cores]"
            ),
            click.option(
                "--set",
                "sets",
                metavar="KEY=VALUE",
                multiple=True,
                help="Set a value; stronger than the file. Repeatable.",
            ),
        )
    ):
        verb = option(verb)
    return verb


format_option = click.option(
    "--format",
    "formats",
    type=Formats(),
    default=USUAL_FORMATS,
    metavar="svg,png,pdf",
    help="Formats of the figures.  [default: svg,png]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of text.")
size_option = click.option(
    "--size", type=click.Choice(["page", "slide"]), default="page", show_default=True, help="16 cm wide, or 16:9."
)


def _show_since(_: click.Context, __: click.Parameter, wanted: bool) -> None:
    if not wanted:
        from sim.figures.cases import SINCE

        SINCE.set(False)


since_option = click.option(
    "--since/--no-since",
    default=True,
    expose_value=False,
    callback=_show_since,
    help="Charts of past starts show what was reported since.",
)
variable_option = click.option(
    "--variable", "variables", multiple=True, metavar="V[:ENTITY]", help="This outcome. Repeatable; default headlines."
)
entity_option = click.option(
    "--entity", "entities", multiple=True, metavar="E", help="Member, donor or group of the variables. Repeatable."
)
at_option = click.option(
    "--at", "at", type=click.DateTime(["%Y-%m-%d"]), multiple=True, metavar="DATE",
    help="Show this day beside the year ends. Repeatable.",
)  # fmt: skip


def _address(context: click.Context, option: click.Parameter, value: str) -> str:
    """The address of a scheduler. An empty text, as of an unset shell variable, would mean this machine: refused."""
    given = context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
    if given and not value.strip():
        raise click.BadParameter("an empty text is no address; leave --cluster away to simulate here", context, option)
    return value


cluster_option = click.option(
    "--cluster", default="", metavar="ADDRESS", callback=_address,
    help="Simulate on the workers of the dask scheduler there.",
)  # fmt: skip
force_option = click.option("--force", is_flag=True, help="Replace what is there of other inputs.")
vary_option = click.option(
    "--vary", "vary", multiple=True, metavar="KEY=LOW:HIGH[:N]",
    help="KEY=LOW:HIGH[:N], KEY=A,B, KEY@DATE=LOW:HIGH, KEY, or assumptions. Repeatable.",
)  # fmt: skip
no_figures_option = click.option("--no-figures", is_flag=True, help="Numbers only.")


def outcome_option(text: str) -> Callable[[Verb], Verb]:
    """The option ``--outcome``, repeatable, whose help is ``text``."""
    return click.option("--outcome", "outcomes", multiple=True, metavar="V@DATE", help=text)


def question_options(runs: int, folder: str) -> Callable[[Verb], Verb]:
    """A decorator that adds how a question to the model is simulated and written: the ensemble's options, ``--cluster
    --out --force --format --no-figures --json --quiet``; ``folder`` is where it goes by default."""
    options = (
        ensemble_options(runs),
        cluster_option,
        click.option("--out", type=OutPath(), help=f"Folder.  [default: {folder}]"),
        force_option,
        format_option,
        no_figures_option,
        json_option,
        quiet_option,
    )

    def decorated(verb: Verb) -> Verb:
        for option in reversed(options):
            verb = option(verb)
        return verb

    return decorated


quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")


def of_entities(variables: Sequence[str], entities: Sequence[str]) -> tuple[str, ...]:
    """``VARIABLE:ENTITY`` for each variable without an entity of its own and each of ``entities``.

    Raises:
        InputError: entities without a variable.
    """
    from sim.errors import InputError

    if entities and not variables:
        raise InputError("--entity needs a --variable to which it belongs")
    asked = [(name, entity) for name in variables for entity in (entities if ":" not in name else ())]
    named = [name for name in variables if not entities or ":" in name]
    return tuple(dict.fromkeys([*named, *(f"{name}:{entity}" for name, entity in asked)]))


def command_line(verb: str, words: Sequence[str | Path], settings: Sequence[tuple[str, Any]]) -> str:
    """The command that makes the same result again, ready to paste into a shell.

    Only what shapes the result belongs in ``settings``: (option, value) pairs; None and False are left out, True
    stands for a bare option. Bytes of a file's name that are no text are escaped: a file of text holds the command.
    """
    parts = ["alliance", verb, *map(str, words)]
    for option, value in settings:
        if value is True:
            parts.append(option)
        elif value is not None and value is not False:
            parts += [option, str(value)]
    return shlex.join(part.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for part in parts)


def paths_shown(files: Sequence[Path]) -> list[str]:
    """The paths as a reader wants them: each file, but figures as one line for their folder."""
    drawn = [path for path in files if path.parent.name == "figures"]
    lines = [str(path) for path in files if path not in drawn]
    if drawn:
        formats = " ".join(sorted({path.suffix[1:] for path in drawn}))
        count = len({path.stem for path in drawn})
        lines.append(f"{drawn[0].parent}/ ({count} figure{'' if count == 1 else 's'}: {formats})")
    return lines
