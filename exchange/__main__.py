"""``python -m exchange`` is the command line.

Python has put the working folder before everything else to import: what lies there must not take the place of what
this program needs. (A folder `exchange` there does, before any of our code runs; the command `exchange` is safe.)
"""

import os
import sys

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if not sys.flags.safe_path and sys.path and os.path.abspath(sys.path[0]) == os.getcwd() != _OWN:
    del sys.path[0]

from exchange.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
