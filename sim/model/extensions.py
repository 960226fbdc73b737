"""Systems of other packages, and of notebooks and tests: how they are found, and what identifies their code.

An installed package names its ``System`` in its metadata, in the entry-point group ``alliance.systems``; a notebook or
a test calls `register`. Worker processes load the same systems: they look up the same entry points, and what was
registered is passed on to them through the environment.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import marshal
import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from types import FunctionType, ModuleType

from sim.errors import InputError
from sim.model.engine.declaration import System
from sim.model.engine.registry import Registry
from sim.model.systems import SYSTEMS

GROUP = "alliance.systems"
_PASSED_ON = "_ALLIANCE_SYSTEMS"  # JSON: [module, name of the System in it, file of the module] of each registered


@dataclass(frozen=True, slots=True)
class Extension:
    """A system that is not part of this program, and the package or module and version it comes from."""

    system: System
    package: str
    version: str

    def code(self) -> bytes:
        """The sources the system is made of: those of its package, or what is known of a module without a file."""
        module = sys.modules[self.system.build.__module__]
        top = sys.modules[module.__name__.partition(".")[0]]
        folders, file = list(getattr(top, "__path__", [])), getattr(module, "__file__", None)
        if folders or file:
            files = sorted(path for folder in folders for path in Path(folder).rglob("*.py")) or [Path(str(file))]
            return b"\0".join(path.read_bytes() for path in files)
        return b"\0".join(marshal.dumps(function.__code__) for function in _functions(module))


def registry() -> Registry:
    """The systems in use, wired together: those of this program, of installed packages, and those registered."""
    return _wired(tuple(extensions().values()))


def extensions() -> dict[str, Extension]:
    """Systems that are not part of this program, by name."""
    return {extension.system.name: extension for extension in (*_installed(), *_registered().values())}


def register(system: System) -> None:
    """Add a system to the model, for this process and the workers it starts; one registered before is replaced.

    Raises InputError, one line, if it claims a name, key, variable, state, axis, phase or stream of another system, or
    reads one that is not there.
    """
    module = sys.modules[system.build.__module__]
    extension = Extension(system, module.__name__, str(getattr(module, "__version__", "")))
    others = [other for name, other in _registered().items() if name != system.name]
    _ = _wired((*_installed(), *others, extension)).catalogue  # raises where it does not fit
    _registered()[system.name] = extension
    _pass_on()


def unregister(name: str) -> None:
    """Take a registered system out again. Raises InputError if there is none of that name."""
    if name not in _registered():
        raise InputError(f"no system {name} is registered")
    del _registered()[name]
    _pass_on()


@cache
def _wired(extensions: tuple[Extension, ...]) -> Registry:
    return Registry(SYSTEMS, [extension.system for extension in extensions])


@cache
def _installed() -> tuple[Extension, ...]:
    """The systems that installed packages name, by name. Raises InputError if one cannot be loaded."""
    systems = []
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
        package, version = (entry.dist.name, entry.dist.version) if entry.dist else (entry.module, "")
        try:
            system = entry.load()
        except Exception as error:
            raise InputError(
                f"the system {entry.name} of the package {package} cannot be loaded "
                f"({type(error).__name__}: {error}); mend or uninstall the package"
            ) from error
        if not isinstance(system, System):
            raise InputError(f"{entry.value} of the package {package} is no sim.model.engine.System")
        systems.append(Extension(system, package, version))
    return tuple(systems)


def _pass_on() -> None:
    """Tell worker processes what is registered here."""
    entries = []
    for extension in _registered().values():
        module = sys.modules[extension.system.build.__module__]
        names = [name for name, value in vars(module).items() if value is extension.system]
        entries.append([module.__name__, names[0] if names else "", str(getattr(module, "__file__", None) or "")])
    if entries:
        os.environ[_PASSED_ON] = json.dumps(entries)
    else:
        os.environ.pop(_PASSED_ON, None)


@cache
def _registered() -> dict[str, Extension]:
    """What is registered, by name; in a worker at first what the process that started it had registered."""
    registered = {}
    for name, attribute, file in json.loads(os.environ.get(_PASSED_ON, "[]")):
        system = getattr(_module(name, file), attribute or "-", None)
        if not isinstance(system, System):
            raise InputError(
                f"a worker cannot load the system registered from {name}; write it into a file of its own, "
                "or use one process (jobs=1)"
            )
        registered[system.name] = Extension(system, name, str(getattr(sys.modules[name], "__version__", "")))
    return registered


def _module(name: str, file: str) -> ModuleType | None:
    """A module by its name, or from its file where it is not on the path; None where it has neither."""
    try:
        return None if name == "__main__" else importlib.import_module(name)
    except ImportError:
        spec = importlib.util.spec_from_file_location(name, file) if file else None
        if spec is None or spec.loader is None:
            return None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def _functions(module: ModuleType) -> list[FunctionType]:
    """Functions of a module and methods of its classes, in the order of their names."""
    members = [*vars(module).values()]
    members += [value for kind in members if isinstance(kind, type) for value in vars(kind).values()]
    functions = [value for value in members if isinstance(value, FunctionType) and value.__module__ == module.__name__]
    return sorted(functions, key=lambda function: function.__qualname__)


def code_hash() -> str:
    """A sha256 over the code of all extensions; empty without any."""
    digest = hashlib.sha256()
    for name, extension in sorted(extensions().items()):
        digest.update(f"{name} {extension.package} {extension.version}\0".encode() + extension.code())
    return digest.hexdigest() if extensions() else ""
