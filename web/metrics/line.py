"""What the waiting line says of itself: of the whole server, whichever process is asked."""

import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily

from web.line import state
from web.line.shared import LINE


class Waiting:
    """Read once, while it is written down; asks nothing but memory."""

    def collect(self) -> Iterator[Metric]:
        """How many wait, how many have come in, and how long that took them."""
        yield GaugeMetricFamily(
            "hittavard_line_waiting",
            "Visitors in line who are still there.",
            value=LINE.waiting(time.monotonic()),
        )
        for name, told, field in (
            ("joined", "Numbers that were given out, to robots too.", state.JOINED),
            ("let_in", "Visitors who were still there when their turn came.", state.LET_IN),
            ("pages", "Waiting pages that were sent.", state.PAGES),
        ):
            yield CounterMetricFamily(f"hittavard_line_{name}", told, value=LINE.total(field))
        yield SummaryMetricFamily(
            "hittavard_line_waited_seconds",
            "How long those had waited who came in from the line.",
            count_value=LINE.total(state.CAME),
            sum_value=LINE.total(state.WAITED_MS) / 1000,
        )
