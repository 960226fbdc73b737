"""NumPy without SimPy: the same arrays, and a loop over months in the place of a clock."""

from __future__ import annotations

import numpy as np
from equations import *


def run(seed, runs):
    luck = np.random.Generator(np.random.Philox(seed))

    def normal(*shape):
        return luck.standard_normal((*shape, runs), dtype=np.float32)

    commitment, threat = np.full(runs, START_COMMITMENT, np.float32), np.full(runs, START_THREAT, np.float32)
    front, gain = np.full(runs, START_FRONT, np.float32), np.full(runs, 250.0, np.float32)
    ceasefire, delivered = np.zeros(runs, bool), np.zeros(runs, np.float32)
    shares = np.repeat(np.array(SHARES, np.float32)[:, None], runs, axis=1)
    backlog, stock = np.zeros((2, DONORS, runs), np.float32)
    chances, sizes = np.array(CHANCES, np.float32)[:, None], np.array(SIZES, np.float32)[:, None]
    for month in range(1, MONTHS + 1):
        commitment = np.clip(commitment + SPEED * (LEVEL - commitment) + NOISE * normal(), 0, 1)
        threat = np.where(ceasefire, threat * np.float32(0.5 ** (1 / HALF_LIFE)), threat)
        drawn = luck.random(runs, dtype=np.float32)
        ceasefire = np.where(ceasefire, drawn >= STOP, drawn < HAZARD)
        rows, at = np.nonzero(luck.random((DONORS, runs), dtype=np.float32) < chances)
        backlog[rows, at] += sizes[rows, 0] * np.exp(SPREAD * luck.standard_normal(len(rows), np.float32))
        moved, sent = ALLOCATE * backlog, DELIVER * stock
        backlog, stock = backlog - moved, stock + moved - sent
        monthly = sent.sum(axis=0)
        delivered += monthly
        gain = PHI * gain + (1 - PHI) * (DRIFT - PER_AID * monthly) + GAIN_NOISE * normal()
        front += np.where(ceasefire, 0, gain)
        if month % 12 == 0:
            pull = KEEPING * np.maximum(0, 2 - shares) + PER_THREAT * (threat - 1)
            shares = np.maximum(
                0.2, shares + pull + PER_COMMITMENT * (0.54 - commitment) + SHARE_NOISE * normal(MEMBERS)
            )
    return {
        "front": front, "delivered": delivered, "ceasefire": ceasefire.astype(np.float32),
        "members_at_2pct": (shares >= 2).sum(axis=0).astype(np.float32), "commitment": commitment,
    }  # fmt: skip
