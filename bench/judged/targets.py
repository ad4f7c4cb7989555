"""What the search must reach on the judged set, all categories together."""

from bench.judged.metrics import Figures

SUCCESS_AT_3 = 0.97
ZERO_RESULTS = 0.005
GIBBERISH_WITH_HITS = 0


def missed(total: Figures) -> list[str]:
    """The targets that the figures of the whole set do not reach, in words."""
    found = []
    if (total.success_at_3 or 0.0) < SUCCESS_AT_3:
        found.append(f"success at 3 is {total.success_at_3 or 0:.1%}, should be at least {SUCCESS_AT_3:.0%}")
    if (total.zero_results or 0.0) > ZERO_RESULTS:
        found.append(f"zero-result rate is {total.zero_results:.1%}, should be at most {ZERO_RESULTS:.1%}")
    if total.gibberish_with_hits > GIBBERISH_WITH_HITS:
        found.append(f"{total.gibberish_with_hits} queries of gibberish have hits, should be none")
    return found
