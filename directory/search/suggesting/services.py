"""Services as suggestions: phrases of the vocabulary, and what words mean in another form."""

from collections.abc import Iterable, Iterator

from directory.search import analysis
from directory.search.held.model import Model
from directory.search.reference import SERVICE
from directory.search.suggesting.typed import Item, Shown, Typed, folded


def services(typed: Typed, model: Model, nearly: bool, limit: int) -> Iterator[Item]:
    """Services that units offer today; `nearly`: with a slip in the last word."""
    seen: set[str] = set()
    for term, phrase in _meanings(typed, model, nearly):
        system, _, code = term.partition(":")
        if system != SERVICE or code in seen:
            continue
        seen.add(code)
        if _is_offered(model, typed.units, code):
            label = model.reference.label(SERVICE, code)
            detail = phrase if phrase and phrase != label else None
            yield {"label": label, "value": code, "detail": detail, "words": typed.before}


def _meanings(typed: Typed, model: Model, nearly: bool) -> Iterable[tuple[str, str]]:
    """(`system:code`, phrase), the shortest phrases first; then what the words mean in another form."""
    vocabulary = model.reference.vocabulary
    if nearly:
        found = vocabulary.phrases.nearly(*folded(typed.words, analysis.fold))
        return sorted(found, key=_plainest)
    begun = vocabulary.phrases.exactly(analysis.fold(typed.phrase))
    meant = ((term, typed.phrase) for term in vocabulary.services(typed.words))
    return (*sorted(begun, key=_plainest), *meant)


def _plainest(meaning: tuple[str, str]) -> tuple[bool, int, str]:
    """Short phrases first; what is only a known misspelling (it has no phrase to show) last."""
    _, phrase = meaning
    return not phrase, len(phrase), phrase


def _is_offered(model: Model, among: Shown, code: str) -> bool:
    """Whether any of these units offers the service today: what the filter by it would leave."""
    codes = model.reference.with_narrower([code])
    offered = model.held.table.facets["service"].having(model.context.values["service"].known(codes))
    return bool((offered & among).any())
