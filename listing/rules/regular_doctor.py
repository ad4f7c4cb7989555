"""How many people a regular doctor (fast läkarkontakt) may have.

Source: HSL (2017:30) 7 kap. 3 § and patientlagen (2014:821) 6 kap. 3 § (the right to one); Socialstyrelsen's
guide values of 28 April 2022: 1,100 for a full-time specialist, 550 for one half-way through training. They
are neither floor nor cap, so the answer is a warning unless the region has made it a limit. A ceiling that
the unit has set for this doctor goes before the guide, and holds.
"""

from dataclasses import dataclass

from listing.policy.model import RegularDoctor
from listing.rules.decision import Allowed, Decision, Refused


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor at a unit: working time in per cent of full time, and the unit's own ceiling if it has one."""

    full_time_percent: int
    trainee: bool = False
    ceiling: int | None = None


def ceiling(rule: RegularDoctor, doctor: Doctor) -> int:
    """People at most: the doctor's own ceiling, else the guide scaled by working time, rounded down."""
    if doctor.ceiling is not None:
        return doctor.ceiling
    guide = rule.trainee_guide if doctor.trainee else rule.guide
    return guide * doctor.full_time_percent // 100


def may_assign(rule: RegularDoctor, doctor: Doctor, assigned: int, *, same_unit: bool = True) -> Decision:
    """Whether one more person may get this doctor, who has `assigned` people now.

    `same_unit`: the person is listed where the doctor works; otherwise there is no right to the doctor.
    """
    if not same_unit:
        return Refused("unit-not-listable", "doctor-elsewhere")
    most = ceiling(rule, doctor)
    if assigned < most:
        return Allowed("doctor-has-room", {"ceiling": most, "assigned": assigned})
    told = {"ceiling": most, "assigned": assigned}
    if doctor.ceiling is not None or rule.limit == "refuse":
        return Refused("doctor-full", "ceiling" if doctor.ceiling is not None else "guide", told)
    return Allowed("over-guide", told, ("over-guide",))
