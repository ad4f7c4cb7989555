"""The stable words of a policy's parameters: they stand in files, history and answers; never reworded."""

from typing import Literal

ListingType = Literal["health-centre", "child-health-centre", "midwifery", "rehabilitation"]
"""The registers. Only `health-centre` is under HSL (2017:30) 7 kap. 3 a §: one at a time in the country."""

Path = Literal["yes", "manual", "no"]
"""Whether something may be done: by oneself, only through staff of the region or unit, or not at all."""

EffectiveWhen = Literal["immediately", "next-day", "first-of-next-month"]
CountedFrom = Literal["registered", "chosen"]
ReasonCode = Literal["moved", "medical", "followed-doctor", "registered-in-error", "protection"]
Decider = Literal["person", "register", "unit", "region"]
"""Whose word is enough: the person's own, what the population register shows, the unit's, the region's."""
Cause = Literal[
    "first-listing",
    "choice-after-allocation",
    "allocation",
    "closure",
    "newborn",
    "correction",
    "takeover",
    "successor",
    "identity-change",
]
"""Why a new listing is not a change of unit in the law's sense."""

QueueKind = Literal["none", "unit", "central"]
Serving = Literal["automatic", "offer"]
PriorityReason = Literal["medical-need", "home-care"]
Exemption = Literal[
    "newborn-of-listed-guardian",
    "same-household",
    "special-housing",
    "home-care",
    "moved-in",
    "child-health-family",
]
Guardians = Literal["one", "all"]
ProtectedPath = Literal["manual", "refuse"]
Method = Literal[
    "none", "nearest", "nearest-in-municipality", "nearest-in-district", "polygon", "last-visited"
]
CappedUnits = Literal["while-room", "skip"]
NewbornMethod = Literal["guardian-unit", "nearest", "none"]
MovedMethod = Literal["keep", "allocate"]
LeftMethod = Literal["keep", "end"]
ClosureMethod = Literal["allocate", "unlisted"]
SuccessorMethod = Literal["move", "choose"]
DoctorLimit = Literal["warn", "refuse"]
Registrar = Literal["unit", "region", "either"]
