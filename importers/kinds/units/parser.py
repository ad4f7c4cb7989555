"""A row of documented columns becomes the record of a unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from core.problems import Invalid
from directory.record import Record
from importers.kinds.cells import Cells
from importers.kinds.codebook import Codebook
from importers.kinds.units import coded, facts, place, reach
from importers.kinds.units.unit_type import derived_unit_types
from importers.pipeline.records import Parsed
from importers.readers.rows import RawRow
from importers.values import dates
from importers.values.text import one_line


class RegionUnknown(Invalid):
    """The region that was named for the rows without one does not exist."""

    code = "region-unknown"
    title = "There is no such region"


class UnitParser:
    """Rows to records, with what is shared between rows: code systems, names of places, look-ups by batch.

    `region`: the region of rows that name none. `derive_unit_type`: see `unit_type`.
    """

    adds_only = False

    def __init__(
        self, session: Session, *, region: str | None = None, derive_unit_type: bool = False
    ) -> None:
        self._session = session
        self._codebook = Codebook(session)
        self._gazetteer = place.Gazetteer(session)
        self._region = region
        if region is not None and self._gazetteer.region(region) != region:
            raise RegionUnknown(
                f"there is no region with the code {region}; codes are two digits, such as 14"
            )
        self._derive = derive_unit_type

    def parse(self, rows: Sequence[RawRow]) -> list[Parsed]:
        """One result per row, in order."""
        read = [self._read(Cells(row)) for row in rows]
        place.complete(self._session, self._gazetteer, [where for where, _, _ in read])
        return [_parsed(where, record, as_of) for where, record, as_of in read]

    def _read(self, cells: Cells) -> tuple[place.Place, dict[str, Any], datetime | None]:
        cells.read_key()
        record: dict[str, Any] = facts.names(cells)
        where = place.read_place(cells, self._gazetteer, self._region, record["name"])
        record |= facts.belonging(cells)
        record |= coded.code_fields(cells, self._codebook)
        if self._derive and not record.get("unit_types"):
            record["unit_types"] = derived_unit_types(
                record["name"], record["alternative_names"], record.get("activities", ())
            )
        record |= {
            "place": one_line(cells.first("place")),
            "contacts": reach.public_contacts(cells),
            "professional_contacts": reach.professional_contacts(cells),
            "hours": reach.hours(cells),
            "texts": facts.texts(cells),
            "notices": facts.all_notices(cells),
            "age_rules": facts.age_rules(cells),
            "e_services": facts.e_services(cells),
            "listing": facts.listing(cells),
            "status": facts.status(cells),
            **facts.publication(cells),
        }
        return where, record, cells.read("updated_at", dates.instant)


def _parsed(where: place.Place, record: dict[str, Any], as_of: datetime | None) -> Parsed:
    record |= {
        "addresses": where.addresses,
        "position": where.position,
        "municipality": where.municipality,
        "region": where.region,
    }
    carried = {field: value for field, value in record.items() if value not in (None, "", [], {})}
    cells = where.cells
    return Parsed(cells.number, cells.key, cast(Record, carried), as_of, cells.issues)
