"""Plain SimPy: one environment for each run, a process for each member, donor and system, as its guide teaches."""

from __future__ import annotations

from random import Random

import simpy
from equations import *


class World:
    def __init__(self, seed):
        self.env, self.luck = simpy.Environment(), Random(seed)
        self.commitment, self.threat, self.front = START_COMMITMENT, START_THREAT, START_FRONT
        self.gain, self.ceasefire = 250.0, False
        self.shares = list(SHARES)
        self.delivered, self.monthly = 0.0, 0.0
        self.env.process(self.commit())
        self.env.process(self.talk())
        for place in range(DONORS):
            self.env.process(self.donate(place))
        self.env.process(self.fight())
        for place in range(MEMBERS):
            self.env.process(self.budget(place))

    def commit(self):
        while True:
            yield self.env.timeout(1)
            self.commitment = commitment(self.commitment, self.luck.gauss(0, 1))
            self.threat = threat(self.threat, self.ceasefire)
            self.monthly = 0.0

    def talk(self):
        while True:
            yield self.env.timeout(1)
            self.ceasefire = self.luck.random() >= STOP if self.ceasefire else self.luck.random() < HAZARD

    def donate(self, place):
        backlog = stock = 0.0
        while True:
            yield self.env.timeout(1)
            if self.luck.random() < CHANCES[place]:
                backlog += package(SIZES[place], self.luck.gauss(0, 1))
            moved, sent = ALLOCATE * backlog, DELIVER * stock
            backlog, stock = backlog - moved, stock + moved - sent
            self.delivered += sent
            self.monthly += sent

    def fight(self):
        while True:
            yield self.env.timeout(1)
            self.gain = gain(self.gain, self.monthly, self.luck.gauss(0, 1))
            if not self.ceasefire:
                self.front += self.gain

    def budget(self, place):
        while True:
            yield self.env.timeout(12)
            self.shares[place] = share(self.shares[place], self.threat, self.commitment, self.luck.gauss(0, 1))


def run(seed):
    world = World(seed)
    world.env.run(until=MONTHS + 0.5)
    return {
        "front": world.front, "delivered": world.delivered, "ceasefire": float(world.ceasefire),
        "members_at_2pct": float(sum(each >= 2 for each in world.shares)), "commitment": world.commitment,
    }  # fmt: skip
