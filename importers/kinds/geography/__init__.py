"""The kind `geography`: codes and names, outlines, localities and postal codes.

The file is recognised by what is in it. Rows are loaded in batches, so memory does not grow with the file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from directory.geography.queries import has_official_outlines, list_municipalities
from directory.geography.services import load_areas, load_localities, load_postal_codes, remove_misplaced
from importers.issues import FileRefused, Issue
from importers.kinds.geography import geonames, outlines
from importers.kinds.geography.layouts import (
    KNOWN_COLUMNS,
    LAYOUTS,
    POSTAL_CODES,
    Loader,
    Parsed,
    layout_of,
    parse,
)
from importers.kinds.geography.values import MunicipalityNames
from importers.pipeline.gates import too_many_rejected
from importers.pipeline.job import Job
from importers.readers import ReadOptions, detect_format, geojson, open_rows
from importers.readers.lines import text_lines
from importers.readers.rows import Limits

BATCH = 20_000
BATCH_OF_OUTLINES = 50

# What the outlines find is wrong in single rows, however many; it does not speak against the file.
_NOT_COUNTED = "outside-municipality"

Numbered = Iterator[tuple[int, Parsed]]


class GeographyKind:
    """Loads one geography file; every file adds to what is known, none takes anything away."""

    def load(self, job: Job) -> None:
        """Recognise the file, load its rows, fill the report; refuse when too many rows are unusable."""
        if job.options.mode == "full":
            message = "geography is only added to: the full mode closes nothing here"
            job.report.take([Issue("info", "full-mode-ignored", None, None, None, None, message)])
        rows, load, size = _opened(job)
        batch: list[tuple[int, Any]] = []
        for number, parsed in rows:
            job.report.read += 1
            job.report.take(parsed.issues)
            if parsed.row is not None:
                batch.append((number, parsed.row))
            if len(batch) >= size:
                _apply(job, load, batch)
                batch = []
        _apply(job, load, batch)
        if load is load_areas and job.report.diff.created + job.report.diff.updated:
            _clean(job)
        counted = job.report.rejected_count - job.report.issue_counts[_NOT_COUNTED]
        refusal = too_many_rejected(counted, job.report.read, job.options.max_rejected)
        if refusal:
            job.report.refuse(refusal.code, refusal.message)


def _opened(job: Job) -> tuple[Numbered, Loader, int]:
    """The parsed rows of the file, what loads them, and how many at a time."""
    path = job.path
    form = detect_format(path) if job.options.format == "auto" else job.options.format
    if form == "json":
        features = geojson.read(path)
        job.report.extra["layout"] = "outlines"
        return _numbered((f.number, outlines.parse(f)) for f in features), load_areas, BATCH_OF_OUTLINES
    names = MunicipalityNames(list_municipalities(job.session))
    first = next(text_lines(path, "", Limits()), "") if form == "csv" and _is_utf8(path) else ""
    if geonames.is_geonames(first):
        layout, rows = POSTAL_CODES, geonames.read(path)
    else:
        opened = open_rows(path, form, ReadOptions(known=KNOWN_COLUMNS))
        found = layout_of(opened.columns or ())
        if found is None:
            known = "; ".join(f"{layout.name}: {', '.join(sorted(layout.columns))}" for layout in LAYOUTS)
            raise FileRefused(path, "no known geography table", mend=f"the columns must hold one of {known}")
        job.report.take(opened.issues)
        layout, rows = found, opened.rows
    job.report.extra["layout"] = layout.name
    if layout.load in (load_localities, load_postal_codes) and not has_official_outlines(job.session):
        message = "no official outlines are loaded, so only the worst misplaced positions were found"
        job.report.take([Issue("info", "positions-roughly-checked", None, None, None, None, message)])
    return _numbered((row.number, parse(layout, row, names)) for row in rows), layout.load, BATCH


def _numbered(rows: Iterable[tuple[int, Parsed]]) -> Numbered:
    yield from rows


def _is_utf8(path: Path) -> bool:
    with path.open("rb") as stream:
        return not stream.read(2).startswith((b"\xff\xfe", b"\xfe\xff"))


def _apply(job: Job, load: Loader, batch: list[tuple[int, Any]]) -> None:
    if not batch:
        return
    counts = load(job.session, (row for _, row in batch), job.source, job.run)
    diff = job.report.diff
    diff.created += counts.created
    diff.updated += counts.updated
    diff.unchanged += counts.unchanged
    for rejection in counts.rejections:
        issue = Issue(
            "error",
            rejection.code,
            batch[rejection.index][0],
            rejection.key,
            rejection.field,
            rejection.value,
            rejection.message,
        )
        job.report.take([issue])
    job.progress("apply", len(batch))


def _clean(job: Job) -> None:
    """Tell of the places stored earlier that the new outlines have shown to be wrong."""
    for place in remove_misplaced(job.session):
        km = place.distance_m / 1000
        message = f"a place loaded earlier is {km:.1f} km outside {place.municipality_code}; removed"
        code = "misplaced-removed"
        job.report.take([Issue("warning", code, None, place.name, "position", place.lies_in, message)])
