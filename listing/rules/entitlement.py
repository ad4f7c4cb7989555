"""Who may be listed at a unit of a region.

Sources: HSL (2017:30) 7 kap. 3 and 3 a §§ (who the choice is for), HSL 8 kap. 1 § (people under protected
registration who live there), patientlagen (2014:821) 9 kap. 1 § (units of other regions), regional practice
for coordination and reserve numbers.
"""

from dataclasses import dataclass
from typing import Literal

from listing.policy.codes import Path
from listing.policy.model import Policy
from listing.rules.decision import Allowed, Decision, Refused

IdentityKind = Literal["personal", "coordination", "reserve"]
Protection = Literal["none", "confidentiality-mark", "protected-registration"]
Deregistration = Literal["AV", "UV", "OB", "GN", "AN", "AS", "TA"]
Channel = Literal["web", "phone", "paper", "staff", "system"]

STAFF_CHANNELS: frozenset[Channel] = frozenset({"phone", "paper", "staff"})
"""Through a person at a desk, who can look at papers."""

_GONE = {"AV": "deceased", "UV": "emigrated", "OB": "not-found", "GN": "number-replaced"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the population register says of a person, as far as listing is concerned.

    `region` is the responsible region: of registration, or where a person under protected registration
    lives. `deregistration` is the reason code of the register when the person is no longer in it.
    """

    identity_kind: IdentityKind
    registered: bool
    region: str | None
    protection: Protection = "none"
    deregistration: Deregistration | None = None


def may_list(
    policy: Policy, person: Standing, *, unit_region: str, channel: Channel, sees_protected: bool = False
) -> Decision:
    """Whether this person may be listed in this region by this channel.

    `sees_protected`: the one who acts has the right to handle people with protected details. A person with
    protected details who asks on the web is sent to the staff's path; this is told only to themselves.
    """
    gone = _GONE.get(person.deregistration or "")
    if gone:
        return Refused("not-entitled", gone)
    if person.protection != "none":
        refusal = protected_path(policy, person.protection, channel, sees_protected)
        if refusal:
            return refusal
    if person.identity_kind == "personal" and not person.registered:
        return Refused("not-entitled", "not-registered")
    path, kind = _path(policy, person)
    if path == "no":
        return Refused("not-entitled", f"{kind}-not-accepted")
    if path == "manual" and channel not in STAFF_CHANNELS:
        return Refused("not-entitled", f"{kind}-through-staff")
    return _other_region(policy, person, unit_region, channel)


def protected_path(
    policy: Policy, protection: Protection, channel: Channel, sees_protected: bool
) -> Refused | None:
    """Their own path: by staff with the right to it, or nowhere when the region's register refuses them."""
    if protection == "none":
        return None
    if policy.protected.path == "refuse":
        return Refused("person-protected", "register-cannot-hold")
    if channel not in STAFF_CHANNELS or not sees_protected:
        return Refused("person-protected", "own-path")
    return None


def _path(policy: Policy, person: Standing) -> tuple[Path, str]:
    rule = policy.entitlement
    if person.identity_kind == "coordination":
        return rule.coordination_number, "coordination-number"
    if person.identity_kind == "reserve":
        return rule.reserve_number, "reserve-number"
    return rule.registered, "registered"


def _other_region(policy: Policy, person: Standing, unit_region: str, channel: Channel) -> Decision:
    if person.region is None or person.region == unit_region:
        return Allowed("own-region")
    path = policy.entitlement.other_region
    if path == "no":
        return Refused("not-entitled", "other-region-not-accepted", {"region": unit_region})
    if path == "manual" and channel not in STAFF_CHANNELS:
        return Refused("not-entitled", "other-region-through-staff", {"region": unit_region})
    return Allowed("other-region", {"region": unit_region})
