"""What holds for each listing type while a region has decided nothing."""

from dataclasses import replace

from listing.policy.model import (
    CHILD_HEALTH_CENTRE,
    HEALTH_CENTRE,
    MIDWIFERY,
    REHABILITATION,
    CapExemptions,
    Closure,
    ListingType,
    Newborn,
    NonChoice,
    Policy,
    Queue,
)

_HEALTH_CENTRE = Policy()

_OWN_REGISTER = replace(
    _HEALTH_CENTRE,
    change_limit=replace(_HEALTH_CENTRE.change_limit, max_changes=None),
    queue=Queue(kind="none", listing_elsewhere_drops=False),
    non_choice=NonChoice(method="none"),
    cap_exemptions=CapExemptions(codes=()),
    newborn=Newborn(method="none"),
    closure=Closure(afterwards="unlisted"),
)
"""The registers beside the health centre's lie outside HSL 7 kap. 3 a §: no limit of changes (Skåne's child
health centres; for the others it is a generalisation), effective at once, and nobody is allocated. Children
are: by where they are registered (Skåne, and Uppsala, whose child health centres have areas of their own)."""

_DEFAULTS: dict[ListingType, Policy] = {
    HEALTH_CENTRE: _HEALTH_CENTRE,
    CHILD_HEALTH_CENTRE: replace(
        _OWN_REGISTER,
        non_choice=NonChoice(method="nearest"),
        newborn=Newborn(method="nearest"),
        closure=Closure(),
    ),
    MIDWIFERY: _OWN_REGISTER,
    REHABILITATION: _OWN_REGISTER,
}


def default_policy(listing_type: ListingType) -> Policy:
    """The law, or else the commonest practice, for a listing type."""
    return _DEFAULTS[listing_type]
