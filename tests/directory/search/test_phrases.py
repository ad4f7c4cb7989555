"""A phrase means by itself what the vocabulary and the gazetteer say, however often it is asked for."""

from directory.geography.gazetteer import Gazetteer, Place
from directory.search.phrases import exact_places, phrases
from directory.search.vocabulary import vocabulary

PLACES = Gazetteer(
    [
        Place("municipality", "0380", "Uppsala", "0380", "03", 59.86, 17.64),
        Place("municipality", "1443", "Östra Göinge", "1443", "12", 56.2, 14.1),
    ]
)
WORDS = vocabulary([("care-service:eye", "Ögonvård"), ("care-service:ear", "öron näsa hals")])


def test_known_and_unknown_phrases_are_the_same_the_second_time() -> None:
    known = phrases(WORDS, PLACES)
    for _ in range(2):
        assert (eye := known.service(("ögonvård",)))
        assert eye.services == ("care-service:eye",)
        assert (ear := known.service(("öron", "näsa", "hals")))
        assert ear.services == ("care-service:ear",)
        assert known.service(("uppsala",)) is None
        for typed in (("uppsala",), ("uppsalas",), ("ostra", "goinge"), ("östra", "göinges")):
            assert (place := known.place(typed)), typed
            assert place.place in PLACES.places
        assert known.place(("uppsala", "göinge")) is None
        assert known.place(("östra", "aros")) is None


def test_each_vocabulary_has_its_own() -> None:
    assert phrases(WORDS, PLACES) is phrases(WORDS, PLACES)
    assert phrases(vocabulary(()), PLACES).service(("ögonvård",)) is None
    assert [match.place.code for match in exact_places("Uppsalas", PLACES)] == ["0380"]
