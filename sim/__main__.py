"""``python -m sim`` is the ``alliance`` command."""

import sys

from sim.start import main

if __name__ == "__main__":
    from sim.files import safe_path

    sys.path[:] = safe_path()  # `-m` puts the current folder first
    main()
