"""From an opened file of units to the pipeline."""

from pathlib import Path

from importers.kinds.units.parser import UnitParser
from importers.mapped import open_units
from importers.mapping import Mapping, MappingInvalid, load_mapping, shipped
from importers.pipeline.job import Job
from importers.pipeline.records import load_records


class UnitsKind:
    """Care units. A file without a column for the unit type has it derived from the name."""

    def load(self, job: Job) -> None:
        """Read, check, compare and apply the file of the job."""
        opened = open_units(job.path, job.options.format, find_mapping(job.options.mapping))
        job.report.take(opened.issues)
        says_type = opened.mapping is None or "unit_type" in opened.mapping.targets()
        ldif = opened.format == "ldif"
        parser = UnitParser(job.session, region=job.options.region, derive_unit_type=ldif or not says_type)
        load_records(job, opened.rows, parser)
        job.report.read += len(opened.skipped)
        job.report.skipped += len(opened.skipped)
        if opened.mapping:
            job.report.extra["mapping"] = opened.mapping.name


def find_mapping(named: str | None) -> Mapping | None:
    """A mapping that ships with the product by its name, or one in a file."""
    if not named:
        return None
    if named in shipped():
        return shipped()[named]
    path = Path(named)
    if not path.exists():
        known = ", ".join(sorted(shipped()))
        raise MappingInvalid(f"there is no mapping file {named}; those that ship with the product: {known}")
    return load_mapping(path)
