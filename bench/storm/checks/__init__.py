"""What must be true after a storm. Every check is a function of plain values, so that tests can lie to it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What one check found: `looked` says at how many things, `problems` each thing that is wrong."""

    name: str
    looked: int
    problems: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems
