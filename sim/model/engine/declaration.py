"""What a system of the model declares about itself.

A system is one part of the simulated world: the war, the budgets, the office of the Secretary-General. It says in its
own file everything that the rest of the program needs to know about it, in one ``System``. The settings, the record,
the schema, the tables of the documentation, ``explain``, results and charts all follow from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from sim.model.engine.draws import Draw
from sim.model.engine.streams import stream_number
from sim.model.engine.variables import Axis, Variable
from sim.scenario import Domain, Parameter, Scenario, Value
from sim.scenario.parameter import Kind, Read

_HOME = "sim.model.systems."


def _parameter(
    kind: Kind,
    key: str,
    unit: str,
    default: Value,
    domain: Domain,
    meaning: str,
    source: str,
    *,
    entities: tuple[str, ...] = (),
    depends_on: bool = False,
    sweep: str = "",
    at_start: bool = False,
    raises: tuple[str, ...] = (),
    lowers: tuple[str, ...] = (),
    moves: tuple[str, ...] = (),
    reported_only: str = "",
    needs: tuple[str, ...] = (),
    excludes: tuple[str, ...] = (),
    lasting: str = "",
    read: Read = "",
) -> Parameter:
    return Parameter(
        key=key, meaning=meaning, unit=unit, kind=kind, default=default, domain=domain, source=source,
        entities=entities, depends_on=depends_on, sweep=sweep, at_start=at_start,
        raises=raises, lowers=lowers, moves=moves, reported_only=reported_only, needs=needs, excludes=excludes,
        lasting=lasting, read=read,
    )  # fmt: skip


# A parameter, by its kind: key, unit, default (a value or a prior; None: from the facts), domain, meaning and source.
# ``entities`` are the codes that ``*`` in the key stands for; ``depends_on`` marks what data do not identify, ``sweep``
# is the range to try, in words; ``at_start``: read on the first day only. ``raises`` and ``lowers`` name the recorded
# variables that a higher number (a true flag, a later option) moves up or down where theory gives a direction, and
# ``moves`` those it moves either way; ``spread of VARIABLE``, ``VARIABLE:ENTITY``, ``VARIABLE=LABEL`` are names too.
# ``reported_only`` says in a sentence why nothing else reacts to a key.
# ``lasting`` says what comes of a flag that an event leaves true to the end.
# ``needs`` and ``excludes`` name the keys that a file must or must not set with it.
# ``read`` says when it is read; `by_year` and `by_month` say it of all parameters of a list.
data = partial(_parameter, "data")
estimated = partial(_parameter, "estimated")
assumption = partial(_parameter, "assumption")


def by_year(*parameters: Parameter) -> tuple[Parameter, ...]:
    """Parameters read as means over calendar years; those read on the first day only stay as they are."""
    return _read("by the calendar year", parameters)


def by_month(*parameters: Parameter) -> tuple[Parameter, ...]:
    """Parameters read on the last days of months and no other; those read on the first day only stay as they are."""
    return _read("at the ends of months", parameters)


def _read(when: Read, parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    return tuple(each if each.at_start else replace(each, read=when) for each in parameters)


def under(group: str, names: str) -> tuple[str, ...]:
    """Keys of one group: ``under("war", "loss_ratio kursk_held")`` is ``("war.loss_ratio", "war.kursk_held")``."""
    return tuple(f"{group}.{name}" for name in names.split())


def _always(_key: str, _day: date, _scenario: Scenario) -> bool:
    return True


def _nothing(_scenario: Scenario) -> tuple[str, ...]:
    return ()


def _never(_scenario: Scenario) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state of the model that ``explain`` can name on the way from a key to a recorded variable.

    ``about`` says in a few words what it is. ``keys`` (patterns as in the catalogue) and the states in ``reads``
    enter it; ``tables`` names the tables of facts it starts from. With ``own`` a key of another entity does not act
    on the entity asked about, unless ``responds`` says that in a scenario entities react to each other; then the
    states in ``reads_responding`` enter too.
    """

    about: str = ""
    keys: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    own: bool = False
    responds: Callable[[Scenario], bool] = _never
    reads_responding: tuple[str, ...] = ()

    def reads_in(self, scenario: Scenario) -> tuple[str, ...]:
        """The states that enter it in a scenario."""
        return (*self.reads, *self.reads_responding) if self.responds(scenario) else self.reads


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """Everything that the rest of the program knows about one system.

    ``name`` is how other systems refer to it, ``title`` how tables and reports call it. ``build`` makes it for one
    block of runs: it is called with the ``Engine`` and the built systems named in ``reads``, in that order. A system
    with a ``phase`` has a method ``process()``, a SimPy process that waits only for ``clock.at(day, phase)``; a system
    without one is computed when others ask. Systems of this program act within a day in the order of their list;
    another package's system says ``after`` or ``before`` which phase it acts, else it is the last.

    ``stream`` is the permanent number of its random stream; another package leaves it out, and the number follows from
    the name. ``at_start`` gives the values of keys that follow from what was known on a day. ``acts`` says whether a
    key of this system can have an effect in a scenario by a day. ``draws`` are what its runs draw after the first day;
    ``remarks`` says in sentences what of a scenario does not act as its writer may think.
    """

    name: str
    title: str
    build: Callable[..., Any]
    reads: tuple[str, ...] = ()
    phase: str = ""
    after: str = ""
    before: str = ""
    stream: int | None = None
    parameters: tuple[Parameter, ...] = ()
    variables: tuple[Variable, ...] = ()
    states: Mapping[str, State] = field(default_factory=dict)
    axes: tuple[Axis, ...] = ()
    draws: tuple[Draw, ...] = ()
    at_start: Callable[[date], Mapping[str, Value]] | None = None
    acts: Callable[[str, date, Scenario], bool] = _always
    remarks: Callable[[Scenario], Iterable[str]] = _nothing

    @property
    def stream_number(self) -> int:
        """The number of its random stream."""
        return stream_number(self.name) if self.stream is None else self.stream

    @property
    def declared_in(self) -> str:
        """Where its declaration stands: a file or folder of this program, or the name of another package's module."""
        module = self.build.__module__
        if not module.startswith(_HOME):
            return module
        parts = module.split(".")
        return "/".join(parts[:4]) + (".py" if len(parts) == 4 else "")
