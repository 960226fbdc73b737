"""How readers say that a value is wrong: they report each fault and hand back ``FAULT``."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

Inner = tuple[str | int, ...]
"""Names and numbers that lead into a table or list."""

Report = Callable[[Inner, str], None]
"""Takes the path inside the value, empty for the whole, and the message."""


class Fault(Enum):
    """The one thing a reader gives in place of a wrong value; None is a value (never)."""

    FAULT = 0


FAULT: Final = Fault.FAULT
