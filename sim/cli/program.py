"""The ``alliance`` command: its verbs, loaded when asked for, and how every error leaves the program."""

from __future__ import annotations

import codecs
import errno
import gc
import importlib
import io
import os
import sys
from typing import Any

import click
from click.exceptions import NoSuchCommand

from sim import start
from sim.cli import interrupts
from sim.cli.interrupts import EXIT_INTERRUPTED
from sim.errors import FaultError, InputError, out_of_memory
from sim.text import printable

# A verb is the click command `VERB_command` of the module `sim.cli.VERB`.
VERBS = [
    "new", "run", "check", "list", "explain", "schema", "plot", "score", "explore", "compare", "attribute", "export",
    "rerun", "sweep", "sensitivity", "discover", "solve", "depends", "levers",
    "branch", "tree", "verify", "calibrate", "backtest", "replicate", "facts",
]  # fmt: skip
EXIT_FAULT, EXIT_INPUT = 1, 2


def facts_option() -> click.Option:
    """``--facts FOLDER``: the verb, and the workers it starts, answer from the reader's own tables as well."""

    def use(ctx: click.Context, _: click.Parameter, folder: str | None) -> None:
        if folder is not None and not ctx.resilient_parsing:
            from sim import facts

            if not folder.strip():
                raise click.BadParameter("name a folder")
            ctx.with_resource(facts.using(folder))

    text = "Your own tables of figures, added to the shipped ones; else ALLIANCE_FACTS."
    return click.Option(["--facts"], metavar="FOLDER", expose_value=False, callback=use, help=text)


class Program(click.Group):
    """A click group whose verbs are imported one by one, and which turns errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of work, not of the alphabet."""
        return VERBS

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a verb, or None for an unknown one."""
        if name not in VERBS:
            return None
        module = importlib.import_module(f"sim.cli.{name}")
        command: click.Command = getattr(module, f"{name}_command")
        if not isinstance(command, click.Group) and all(param.name != "facts" for param in command.params):
            command.params.append(facts_option())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, with the nearest verb in the message for an unknown one."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            raise NoSuchCommand(args[0], possibilities=VERBS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; every error ends as plain lines on stderr and an exit code, never as a traceback."""
        try:
            interrupts.listen()  # until here there was nothing to end in order
            return super().invoke(ctx)
        except InputError as error:
            complain(error)
            ctx.exit(EXIT_INPUT)
        except FaultError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(EXIT_FAULT)
        except KeyboardInterrupt:
            interrupts.told()
            ctx.exit(EXIT_INTERRUPTED)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # the last line of defence: a user never meets a traceback
            if out_of_memory(error):
                click.echo("Error: not enough memory; try fewer --runs or --jobs", err=True)
                ctx.exit(EXIT_FAULT)
            if isinstance(error, OSError):
                _complain_of_system(error)
                ctx.exit(EXIT_FAULT)
            if os.environ.get("ALLIANCE_TRACEBACK"):
                raise
            text = " ".join(str(error).split())
            click.echo(
                f"Error: a fault in the program ({type(error).__name__}: {text}). Please report it; "
                "ALLIANCE_TRACEBACK=1 shows where it happened.",
                err=True,
            )
            ctx.exit(EXIT_FAULT)


def _complain_of_system(error: OSError) -> None:
    if error.errno == errno.EPIPE:
        raise error  # click ends quietly when the reader of a pipe has gone
    path = f": {error.filename}" if error.filename else ""
    click.echo(f"Error: {error.strerror or error}{path}", err=True)


def complain(error: InputError) -> None:
    """Write each problem on a line of its own on stderr, in compiler style where the place is known."""
    for problem in error.problems:
        click.echo(str(problem) if problem.path else f"Error: {problem}", err=True)


PLAIN = {"−": "-", "²": "2", "–": "-", "“": '"', "”": '"', "’": "'", "…": "..."}


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that lacks a letter shows instead of it: a minus sign must not become a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


class _Unfailing(io.FileIO):
    """A stream of messages that takes them also where nobody can keep them: a full disk changes no exit code."""

    def write(self, message: Any) -> int:
        """Write, or lose, ``message``; its length."""
        try:
            return super().write(message)
        except OSError:
            return len(message)


class _Printable(io.TextIOWrapper):
    """A stream that commands no terminal: a path or a word of the user's may hold an escape sequence."""

    def write(self, text: str) -> int:
        """Write ``text``, what is not printable in it escaped."""
        return super().write(printable(text))


def _streams() -> None:
    """From now on stdout and stderr write printable text only, and stderr fails nobody.

    On a terminal that lacks a letter "km²" must not end a run.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        lines = sys.stdout.line_buffering
        sys.stdout = _Printable(sys.stdout.buffer, sys.stdout.encoding, "plain", line_buffering=lines)
    if isinstance(sys.stderr, io.TextIOWrapper):
        raw = io.BufferedWriter(_Unfailing(sys.stderr.fileno(), "wb", closefd=False))
        sys.stderr = _Printable(raw, sys.stderr.encoding, "plain", line_buffering=True)


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from sim.version import __version__

        click.echo(f"alliance {__version__}")
        ctx.exit()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A SCENARIO is a TOML file or the name of a shipped one, e.g. `alliance run baseline`. Results are "
    "conditional on the scenario; they are not forecasts.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Show the version."
)
def program() -> None:
    """Simulate how NATO's policy plays out under different assumptions."""


def main() -> None:
    """The ``alliance`` command, also as ``python -m sim``: exits 0, 1 (fault), 2 (input) or 130 (interrupted)."""
    start.listen()
    codecs.register_error("plain", _plainly)
    _streams()
    # Nothing here multiplies large matrices, and idle threads of NumPy's and SciPy's libraries took 0.05 s to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(5_000, 10, 10)  # imports make thousands of lasting objects, looked through 150 times else
    try:
        program.main(prog_name="alliance")
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    finally:
        gc.freeze()  # the process ends: Python need not look through all objects once more, a tenth of a run
