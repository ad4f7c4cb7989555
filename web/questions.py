"""Questions about the directory, answered from what the process holds where that can answer them."""

from datetime import datetime

from codes.identifiers import HsaId
from core import clock
from directory.hours.instants import local_date
from directory.search import engine
from directory.search.held import loading
from directory.search.reference import reference
from directory.search.types import SearchRequest, SearchResult
from directory.views import Label
from web.read_model import current_model
from web.unit_of_work import current_settings, read_session


def search(wanted: SearchRequest) -> tuple[SearchResult, Label]:
    """The answer with Swedish labels, and what gives the English ones.

    The past is asked of the database, and so is a moment whose date the process does not hold: around
    midnight, for a fraction of a second.
    """
    moment = clock.now()
    if wanted.as_of is None:
        model = current_model()
        if local_date(moment) == model.day:
            result = engine.answer(wanted, model.held, model.reference, lambda: model.lexicon, moment)
            return result, model.label
    session = read_session()
    english, known = loading.english(session), reference(session)
    result = engine.search(session, wanted, index=engine.index_at(current_settings().index_dir))
    return result, lambda system, code: english.get((system, code)) or known.label(system, code)


def card(hsa_id: str) -> tuple[bytes, datetime] | None:
    """The unit's card as Swedish JSON and when its facts last changed; None when it is not held.

    Raises `InvalidIdentifier` when it is no HSA-id.
    """
    model = current_model()
    found = model.cards.get(str(HsaId.parse(hsa_id, allow_test=True)))
    return (found.json(model.context.opening, clock.now()), found.updated_at) if found else None
