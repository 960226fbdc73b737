"""The command line: arguments in, calls to the rooms, exit codes out. No rule of the model lives here."""

from sim.cli.program import main

__all__ = ["main"]
