"""Keys of earlier versions, in one place: a scenario that still uses one is told its new name."""

from __future__ import annotations

from collections.abc import Mapping

RENAMED: Mapping[str, str] = {}
"""Key, or beginning of keys, of an earlier version -> its name now; a ``*`` stands for the code of an entity."""
