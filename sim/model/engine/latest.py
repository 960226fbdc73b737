"""What is reckoned from settings and from states that seldom change, kept for as long as they stay the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import is_
from typing import Generic, TypeVar

from sim.model.engine.settings import Settings

Answer = TypeVar("Answer")


class Latest(Generic[Answer]):
    """The latest answer of ``rule``, which reads ``keys`` of the settings and the states it is called with.

    It is reckoned anew when a state is another object than at the call before, after events, and in each call while a
    key holds a dated value. So the states must be arrays that their system replaces when they change, and never
    writes to.
    """

    def __init__(self, settings: Settings, rule: Callable[..., Answer], keys: Collection[str]) -> None:
        self._settings, self._rule, self._keys = settings, rule, frozenset(keys)
        self._answer: Answer
        self._states: tuple[object, ...] = ()
        self._changes = -1  # of the settings, up to which the answer holds; -1: it does not

    def __call__(self, *states: object) -> Answer:
        """The answer for ``states`` and the settings of today."""
        settings = self._settings
        if self._changes != settings.changes or not all(map(is_, states, self._states)):
            self._answer, self._states = self._rule(*states), states
            self._changes = settings.changes if settings.stands_still(self._keys) else -1
        return self._answer
