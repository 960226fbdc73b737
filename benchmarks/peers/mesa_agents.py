"""Mesa: a model of agents, donors and members, that steps month by month."""

from __future__ import annotations

import mesa
from equations import *


class Donor(mesa.Agent):
    def __init__(self, model, place):
        super().__init__(model)
        self.place, self.backlog, self.stock = place, 0.0, 0.0

    def step(self):
        luck = self.model.random
        if luck.random() < CHANCES[self.place]:
            self.backlog += package(SIZES[self.place], luck.gauss(0, 1))
        moved, sent = ALLOCATE * self.backlog, DELIVER * self.stock
        self.backlog, self.stock = self.backlog - moved, self.stock + moved - sent
        self.model.delivered += sent
        self.model.monthly += sent


class Member(mesa.Agent):
    def __init__(self, model, place):
        super().__init__(model)
        self.share = SHARES[place]

    def step(self):
        model = self.model
        self.share = share(self.share, model.threat, model.commitment, model.random.gauss(0, 1))


class Alliance(mesa.Model):
    def __init__(self, seed):
        super().__init__(seed=seed)
        self.commitment, self.threat, self.front = START_COMMITMENT, START_THREAT, START_FRONT
        self.gain, self.ceasefire, self.delivered, self.monthly, self.month = 250.0, False, 0.0, 0.0, 0
        self.donors = [Donor(self, place) for place in range(DONORS)]
        self.members = [Member(self, place) for place in range(MEMBERS)]

    def step(self):
        self.month += 1
        self.commitment = commitment(self.commitment, self.random.gauss(0, 1))
        self.threat = threat(self.threat, self.ceasefire)
        self.ceasefire = self.random.random() >= STOP if self.ceasefire else self.random.random() < HAZARD
        self.monthly = 0.0
        self.agents_by_type[Donor].do("step")
        self.gain = gain(self.gain, self.monthly, self.random.gauss(0, 1))
        if not self.ceasefire:
            self.front += self.gain
        if self.month % 12 == 0:
            self.agents_by_type[Member].do("step")


def run(seed):
    model = Alliance(seed)
    for _ in range(MONTHS):
        model.step()
    return {
        "front": model.front, "delivered": model.delivered, "ceasefire": float(model.ceasefire),
        "members_at_2pct": float(sum(member.share >= 2 for member in model.members)), "commitment": model.commitment,
    }  # fmt: skip
