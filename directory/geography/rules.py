"""How far outside its stated municipality a position may lie before the statement is wrong."""

# Published outlines are simplified, and a place's position is that of its middle.
BOUNDARY_TOLERANCE_M = 250.0
# Harbours and islets lie outside a simplified coast; nobody else's land is there.
COAST_TOLERANCE_M = 2_000.0
# An approximate outline may be this wrong in the sparse north; a homonym is usually farther away.
APPROXIMATE_TOLERANCE_M = 30_000.0


def is_misplaced(distance_m: float, lies_in: str | None, precision: str = "official") -> bool:
    """Whether a point `distance_m` metres outside its municipality's outline is too far out.

    `lies_in` is the code of the municipality whose outline holds the point, None at sea; `precision` is
    that of the outlines.
    """
    if precision == "approximate":
        return distance_m > APPROXIMATE_TOLERANCE_M
    return distance_m > (COAST_TOLERANCE_M if lies_in is None else BOUNDARY_TOLERANCE_M)
