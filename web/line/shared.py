"""The line of this server and the key of its tickets: made on import, before the fork."""

import os

from web.line.state import Line

LINE = Line()
KEY = os.urandom(32)
