"""``python -m sim`` is the ``alliance`` command."""

import sys

from sim.files import safe_path

if __name__ == "__main__":
    sys.path[:] = safe_path()  # `-m` puts the current folder first

    from sim.cli import main

    main()
