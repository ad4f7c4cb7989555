"""The listing register over HTTP: wishes, places in queues, people, and what staff decide of their units.

A view reads the request, hands an operation of `listing.services` or a question of `listing.queries` to one
transaction, and writes the answer when that is committed. Nothing is decided here.
"""

from web.api.listings import decisions, doctors, people, policies, queue, units, wishes

BLUEPRINTS = (
    wishes.blueprint,
    queue.blueprint,
    people.blueprint,
    doctors.blueprint,
    units.blueprint,
    decisions.blueprint,
    policies.blueprint,
)

__all__ = ["BLUEPRINTS"]
