"""Whatever is typed, right or wrong, every suggestion leads to at least one hit."""

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from directory.search.engine import answer
from directory.search.suggest import suggest
from tests.directory.search.held.conftest import WORDS, World
from tests.directory.search.test_suggest import chosen
from tests.directory.search.units import AT

KNOWN = [*WORDS, "Mölndal", "Uppsala", "Göteborg", "vaccination", "barnmorska", "Krokslätt", "bvc", "Skåne"]
LETTERS = "abdeiklmnorstvåäö"


@st.composite
def typed(draw: st.DrawFn) -> str:
    """Some known words, the last perhaps unfinished and perhaps with a slip."""
    *before, last = draw(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=3))
    last = last[: draw(st.integers(1, len(last)))]
    if draw(st.booleans()):
        at = draw(st.integers(0, len(last) - 1))
        last = last[:at] + draw(st.sampled_from(["", *LETTERS])) + last[at + draw(st.integers(0, 1)) :]
    return " ".join([*before, last])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=typed(), limit=st.integers(1, 6))
def test_every_suggestion_leads_to_a_hit(world: World, q: str, limit: int) -> None:
    model = world.model
    groups = suggest(model, q, limit, now=AT)
    event(f"groups: {len(groups)}")
    for group in groups:
        assert 0 < len(group["items"]) <= limit
        assert len({(item["value"], item["detail"]) for item in group["items"]}) == len(group["items"])
        for item in group["items"]:
            for request in chosen(group["group"], item):
                found = answer(request, model.held, model.reference, lambda: model.lexicon, AT)
                assert found.total > 0, (q, item)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=40))
def test_anything_may_be_typed(world: World, q: str) -> None:
    suggest(world.model, q, 5, now=AT)
