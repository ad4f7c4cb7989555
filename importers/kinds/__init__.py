"""One kind per family of tables that files can fill; each turns the rows of a file into what is applied."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importers.pipeline import Kind

_WHERE = {
    "geography": ("importers.kinds.geography", "GeographyKind"),
    "codes": ("importers.kinds.codes", "CodesKind"),
    "units": ("importers.kinds.units", "UnitsKind"),
    "offerings": ("importers.kinds.offerings", "kind"),
    "professions": ("importers.kinds.professions", "kind"),
    "rules": ("importers.kinds.rules", "RulesKind"),
    "population": ("importers.kinds.population", "PopulationKind"),
    "listings": ("importers.kinds.listings", "ListingsKind"),
}
"""Where each kind lives: imported when it is asked for, so that one does not pay for the others."""

KINDS: tuple[str, ...] = tuple(_WHERE)


def kind_named(name: str) -> "Kind":
    """The kind with this name, one of `KINDS`."""
    module, attribute = _WHERE[name]
    kind: Kind = getattr(import_module(module), attribute)()
    return kind


__all__ = ["KINDS", "kind_named"]
