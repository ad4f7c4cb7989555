"""A person on a list for staff: identity and name opened, or hidden altogether."""

from dataclasses import dataclass
from typing import Any

from listing.actor import Actor
from listing.people import sealing
from listing.people.sealing import Details


@dataclass(frozen=True, slots=True)
class PersonShown:
    """`details` None: protected, and the reader has not the right. Addresses are no matter of a list."""

    protected: bool
    details: Details | None

    def view(self) -> dict[str, Any]:
        """What is shown. A hidden person is not even told apart from another hidden one."""
        if self.details is None:
            return {
                "hidden": True,
                "protected": True,
                "personId": None,
                "givenName": None,
                "familyName": None,
            }
        return {
            "hidden": False,
            "protected": self.protected,
            "personId": self.details.identity,
            "givenName": self.details.given_name,
            "familyName": self.details.family_name,
        }


def person_shown(row: Any, actor: Actor) -> PersonShown:
    """The person of a row with `person_id`, `protection`, `sealed`, `seal_key`; opened only if shown."""
    protected = row.protection != "none"
    if protected and not actor.may_see_protected:
        return PersonShown(True, None)
    return PersonShown(protected, sealing.unseal(bytes(row.sealed), row.seal_key, row.person_id))
