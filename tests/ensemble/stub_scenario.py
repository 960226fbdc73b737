"""A scenario with the few members the ensemble room reads."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sim.scenario import Scenario


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
        whole = Scenario(self.name, self.title, "", (), self.start, self.end, {}, (), ())
        return whole.to_dict() | {"level": self.level}
