"""Tasks that workers can import."""

import os
import signal

from sim.errors import FaultError


class StubbornError(Exception):
    """An error that its own arguments do not rebuild."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def fragile(number):
    if number in (3, 5):
        os.kill(os.getpid(), signal.SIGKILL)
    return -number


def faulty(number):
    if number in (3, 5):
        raise FaultError(f"no {number}")
    return number


def stubborn():
    raise StubbornError("one", "two")


def where():
    import sys

    return sys.path, sys.flags.safe_path
