"""`python -m bench.search [--units N] [--seconds S] [--quick]`."""

import sys

from bench.search.command import main

if __name__ == "__main__":
    sys.exit(main())
