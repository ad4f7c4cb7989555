"""`python -m bench.judged`."""

import sys

from bench.judged.command import main

sys.exit(main(sys.argv[1:]))
