"""When a file is so unlike what is known that applying it would more likely harm than help.

A truncated export or a spreadsheet with shifted columns shows as many rejected rows, or as many units
that would close. Both limits are percentages; a person who knows better may lift them.
"""

from importers.pipeline.report import Refusal

MAX_REJECTED_PERCENT = 10.0
MAX_CLOSED_PERCENT = 10.0


def too_many_rejected(rejected: int, read: int, limit: float = MAX_REJECTED_PERCENT) -> Refusal | None:
    """Refuse when more than `limit` per cent of the rows are rejected."""
    if not rejected or rejected * 100 <= limit * read:
        return None
    share = f"{rejected} of {read} rows ({rejected / read:.0%})"
    return Refusal(
        "too-many-rejected",
        f"{share} were rejected, more than {limit:g} %; nothing was applied. Mend the file,"
        " or allow more with --max-rejected PERCENT",
    )


def too_many_closures(closing: int, listed: int) -> Refusal | None:
    """Refuse when more than a tenth of the units that the source listed would close."""
    if not closing or closing * 100 <= MAX_CLOSED_PERCENT * listed:
        return None
    share = f"{closing} of the source's {listed} units ({closing / listed:.0%})"
    return Refusal(
        "too-many-closures",
        f"{share} would close, more than {MAX_CLOSED_PERCENT:g} %; nothing was applied."
        " Import with --mode delta, or allow it with --allow-closures",
    )
