"""The way of this program: one SimPy environment for a block of runs; states are arrays, runs on the last axis."""

from __future__ import annotations

import numpy as np
import simpy
from equations import *


class World:
    def __init__(self, seed, runs):
        self.env, self.luck = simpy.Environment(), np.random.Generator(np.random.Philox(seed))
        self.runs = runs
        self.commitment = np.full(runs, START_COMMITMENT, np.float32)
        self.threat = np.full(runs, START_THREAT, np.float32)
        self.front = np.full(runs, START_FRONT, np.float32)
        self.gain = np.full(runs, 250.0, np.float32)
        self.ceasefire = np.zeros(runs, bool)
        self.shares = np.repeat(np.array(SHARES, np.float32)[:, None], runs, axis=1)
        self.delivered, self.monthly = np.zeros(runs, np.float32), np.zeros(runs, np.float32)
        for process in (self.commit, self.talk, self.donate, self.fight, self.budget):
            self.env.process(process())

    def normal(self, *shape):
        return self.luck.standard_normal((*shape, self.runs), dtype=np.float32)

    def uniform(self, *shape):
        return self.luck.random((*shape, self.runs), dtype=np.float32)

    def commit(self):
        while True:
            yield self.env.timeout(1)
            moved = self.commitment + SPEED * (LEVEL - self.commitment) + NOISE * self.normal()
            self.commitment = np.clip(moved, 0, 1)
            self.threat = np.where(self.ceasefire, self.threat * np.float32(0.5 ** (1 / HALF_LIFE)), self.threat)

    def talk(self):
        while True:
            yield self.env.timeout(1)
            luck = self.uniform()
            self.ceasefire = np.where(self.ceasefire, luck >= STOP, luck < HAZARD)

    def donate(self):
        backlog, stock = np.zeros((2, DONORS, self.runs), np.float32)
        chances, sizes = np.array(CHANCES, np.float32)[:, None], np.array(SIZES, np.float32)[:, None]
        while True:
            yield self.env.timeout(1)
            rows, runs = np.nonzero(self.uniform(DONORS) < chances)
            backlog[rows, runs] += sizes[rows, 0] * np.exp(SPREAD * self.luck.standard_normal(len(rows), np.float32))
            moved, sent = ALLOCATE * backlog, DELIVER * stock
            backlog -= moved
            stock += moved
            stock -= sent
            self.monthly = sent.sum(axis=0)
            self.delivered += self.monthly

    def fight(self):
        while True:
            yield self.env.timeout(1)
            pull = (1 - PHI) * (DRIFT - PER_AID * self.monthly)
            self.gain = PHI * self.gain + pull + GAIN_NOISE * self.normal()
            self.front += np.where(self.ceasefire, 0, self.gain)

    def budget(self):
        while True:
            yield self.env.timeout(12)
            pull = KEEPING * np.maximum(0, 2 - self.shares) + PER_THREAT * (self.threat - 1)
            pull += PER_COMMITMENT * (0.54 - self.commitment) + SHARE_NOISE * self.normal(MEMBERS)
            self.shares = np.maximum(0.2, self.shares + pull)


def run(seed, runs):
    world = World(seed, runs)
    world.env.run(until=MONTHS + 0.5)
    return {
        "front": world.front, "delivered": world.delivered, "ceasefire": world.ceasefire.astype(np.float32),
        "members_at_2pct": (world.shares >= 2).sum(axis=0).astype(np.float32), "commitment": world.commitment,
    }  # fmt: skip
