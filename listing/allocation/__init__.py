"""The non-choice allocation (icke-val): everyone of a region who has no unit is listed at one by its rules.

Source: HSL (2017:30) 7 kap. 3 § and the region's policy (`NonChoice`, `Newborn`, `Closure`). Read in bulk,
planned over arrays (`listing.rules.non_choice`), written in short transactions by unit, so that people who
choose meanwhile keep their choice and a run that is cut off is finished by the next. `undo` takes a run back.
"""

from listing.allocation.running import Request, allocate
from listing.allocation.undoing import undo

__all__ = ["Request", "allocate", "undo"]
