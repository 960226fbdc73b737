"""A scenario with the few members the ensemble room reads."""

import hashlib
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class StubScenario:
    name: str = "stub"
    title: str = "A stub"
    start: date = date(2025, 1, 1)
    end: date = date(2026, 12, 31)
    level: str = "1"

    @property
    def hash(self):
        return hashlib.sha256(f"{self.start}{self.end}{self.level}".encode()).hexdigest()

    def to_dict(self):
        return {"name": self.name, "title": self.title, "level": self.level}
