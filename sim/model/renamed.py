"""Names in one place: keys of earlier versions, and short names of conditions."""

from __future__ import annotations

from collections.abc import Mapping

_WITH_MEMBERS = ("alliance", "budgets", "economy", "elections", "members")

RENAMED: Mapping[str, str] = {f"{group}.EU": f"{group}.EU_states" for group in _WITH_MEMBERS}
"""Key, or beginning of keys, of an earlier version -> its name now; a ``*`` stands for the code of an entity."""

CONDITIONS: Mapping[str, str] = {
    "collapse": "ukrainian_front_collapsed",
    "democratic_president": "not republican_president",
}
"""Short name of a condition of events -> the condition on a recorded variable."""
