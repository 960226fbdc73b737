"""Packages of the wheel; everything else about it stands in pyproject.toml.

The shipped scenarios live in ``scenarios/`` at the top of the repository and travel inside the wheel as
``sim/scenarios/``, the worked questions in ``questions/`` and travel as ``sim/worked/``. pyproject.toml can map a
folder only where every package is listed by hand.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["sim", "sim.*"]), "sim.scenarios", "sim.scenarios.questions", "sim.worked"],
    package_dir={
        "sim.scenarios": "scenarios",
        "sim.scenarios.questions": "scenarios/questions",
        "sim.worked": "questions",
    },
)
