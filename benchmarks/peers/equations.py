"""The cut model that every peer can express: its figures, and its rules for one number at a time.

Monthly for 63 months: the commitment of the United States, the threat, the front, a ceasefire and its end, and 42
donors who commit packages, allocate and deliver; yearly: the defence shares of 31 members. Every peer runs these.
"""

from __future__ import annotations

from math import exp

MONTHS, MEMBERS, DONORS = 63, 31, 42
SHARES = [1.2 + 0.06 * place for place in range(MEMBERS)]  # % of GDP at the start
CHANCES = [0.1 + 0.02 * place for place in range(DONORS)]  # of a package in a month
SIZES = [0.02 * (place + 1) for place in range(DONORS)]  # EUR bn, median
START_COMMITMENT, START_THREAT, START_FRONT = 0.54, 1.8, 107_000.0
LEVEL, SPEED, NOISE = 0.4, 0.2, 0.01
HALF_LIFE = 60.0  # months
HAZARD, STOP = 0.28 / 12, 1 / 18  # of a ceasefire, and of its end, in a month
SPREAD, ALLOCATE, DELIVER = 1.3, 0.1, 0.06
PHI, DRIFT, PER_AID, GAIN_NOISE = 0.7, 300.0, 20.0, 150.0
KEEPING, PER_THREAT, PER_COMMITMENT, SHARE_NOISE = 0.15, 0.05, 0.10, 0.08


def commitment(level, normal):
    return min(1.0, max(0.0, level + SPEED * (LEVEL - level) + NOISE * normal))


def threat(level, ceasefire):
    return level * 0.5 ** (1 / HALF_LIFE) if ceasefire else level


def package(size, normal):
    return size * exp(SPREAD * normal)


def gain(before, delivered, normal):
    return PHI * before + (1 - PHI) * (DRIFT - PER_AID * delivered) + GAIN_NOISE * normal


def share(before, threat_now, commitment_now, normal):
    pull = KEEPING * max(0.0, 2.0 - before) + PER_THREAT * (threat_now - 1.0)
    return max(0.2, before + pull + PER_COMMITMENT * (0.54 - commitment_now) + SHARE_NOISE * normal)
