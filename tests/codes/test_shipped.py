"""The lists that ship with the product: sound, in two languages, and with the words that people use."""

from functools import cache

import pytest

from codes.definition import CodeSystemDefinition
from codes.identifiers import OrganisationNumber
from codes.rules import faults_of
from codes.shipped import DATA, shipped_code_systems


@cache
def systems() -> dict[str, CodeSystemDefinition]:
    return {definition.key: definition for definition in shipped_code_systems()}


KEYS = sorted(systems())


def codes(key: str) -> set[str]:
    return {concept.code for concept in systems()[key].concepts}


def meanings(word: str) -> set[tuple[str, str]]:
    """Every concept that the word stands at, as a label or as a term."""
    return {
        (key, concept.code)
        for key, definition in systems().items()
        for concept in definition.concepts
        for each in (concept.display_sv, concept.display_en, *(term.term for term in concept.terms))
        if each.casefold() == word.casefold()
    }


def test_every_file_belongs_to_a_system() -> None:
    assert {path.name.split(".")[0] for path in DATA.glob("*.tsv")} == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_shipped_system_is_sound(key: str) -> None:
    assert faults_of(systems()[key]) == []


@pytest.mark.parametrize("key", KEYS)
def test_every_code_has_a_swedish_and_an_english_label(key: str) -> None:
    for concept in systems()[key].concepts:
        assert concept.display_sv.strip()
        assert concept.display_en.strip()


@pytest.mark.parametrize("key", KEYS)
def test_maps_lead_to_codes_that_are_loaded_before(key: str) -> None:
    order = list(systems())
    for concept in systems()[key].concepts:
        for each in concept.maps:
            assert order.index(each.system) < order.index(key)
            assert each.code in codes(each.system)


def test_the_lists_are_as_long_as_they_should_be() -> None:
    assert len(codes("region")) == 21
    assert codes("care-form") == {"01", "02", "03", "04"}
    assert codes("unit-type") == {"01", "02", "03"}
    assert codes("ownership") == set("12345679")
    licensed = {concept.properties.get("hsa_code") for concept in systems()["profession"].concepts} - {None}
    assert len(licensed) == 23
    services = systems()["care-service"].concepts
    assert 150 <= sum(not concept.properties.get("group") for concept in services) <= 250


def test_only_care_is_in_the_business_codes() -> None:
    assert all(code < "1900" or "2000" <= code < "2300" for code in codes("hsa-business-classification"))


def test_regions_have_their_organisation_numbers() -> None:
    numbers = [concept.properties["organisation_number"] for concept in systems()["region"].concepts]
    assert len({OrganisationNumber(number) for number in numbers}) == 21


def test_every_service_has_a_group_and_says_how_it_relates_to_the_business_codes() -> None:
    concepts = systems()["care-service"].concepts
    groups = {concept.code for concept in concepts if concept.properties.get("group")}
    for concept in concepts:
        if concept.code in groups:
            assert concept.parent is None
        else:
            assert concept.parent in groups
        if concept.code in codes("hsa-business-classification"):
            assert ("hsa-business-classification", concept.code, "equivalent") in {
                (each.system, each.code, each.relationship) for each in concept.maps
            }


def test_provisional_lists_say_so() -> None:
    provisional = {key for key, definition in systems().items() if definition.provisional}
    assert provisional == {"care-service", "profession", "accessibility", "opening-pattern", "listing-type"}


def test_the_national_minority_languages() -> None:
    minority = {
        concept.code
        for concept in systems()["language"].concepts
        if concept.properties.get("national_minority")
    }
    assert {"fin", "fit", "sme", "rom", "yid"} <= minority


# One or two words of each group of words that residents use, with the concept they must reach.
WORDS = """
vårdcentral 1502|VC 1502|hälsocentral 1502|familjeläkare 1502|distriktsläkare 1502|BVC 1504
barnhälsovård 1504|MVC 1505|BMM 1505|gravid 1505|UMO 1519|DSK 1506|BUP 1024|barnpsyk 1024|psykiatri 1604
psykakut 1600|ÖNH 1333|öron-näsa-hals 1333|gyn 1311|kvinnoklinik 1311|BB 1321|ögonläkare 1335
dermatolog 1112|STI 1133|ortoped 1324|kirurg 1315|urolog 1332|kardiolog 1116|lungläkare 1119|KOL 1103
sockersjuka 1104|diabetessköterska 1142|nefrologi 1120|gastro 1131|allergi 1102|neuro 1123
slaganfall 1137|cancer 1124|bröstcancer 1336|infektionsklinik 1115|reuma 1125|sköldkörtel 1106
äldrevård 1108|demens 1135|sömnapné 1138|smärtklinik 1328|sjukgymnast 1413|FT 1413|arbetsterapeut 1402
rehab 1516|naprapat 1409|kiropraktor 1406|talpedagog 1408|kostrådgivning 1403|nutrition 1403
terapeut 1411|samtalsstöd 1407|ADHD 1020|NPF v-adhd-assessment|LARO v-opioid-treatment|missbruk 1515
anorexi 1139|bulimi 1004|kris 1608|närakut 1500|läkarjour 1500|akuten 1100|barnakut 1000|SÄBO 1509
ASIH 1101|hemsjukvård 1501|vård i livets slutskede 2108|labb v-sampling|blodprov v-sampling
slätröntgen 1708|CT 1702|magnetkamera 1706|bröstscreening 1707|UL v-ultrasound|EKG v-ecg
24h-EKG v-ecg-24h|hemblodtryck v-blood-pressure-24h|hypertoni 1113|blodbuss 1235|CVK v-catheter-care
central venkateter v-catheter-care|KAD v-catheter-care|bensår v-wound-care|kompression v-compression
resevaccination v-vaccination-travel|TBE v-vaccination-tbe|cellprov v-cervical-screening
p-piller v-contraception|IVF 1340|hab 1007|rullator 2005|synhjälpmedel 2017|hörapparat 2006
audionom 1304|protes 2011|medicinsk fotvård 2003|FTV 1802|jourtandläkare 1801|tandställning 1810
läkemedel 2002|skolsköterska 1517|FHV 1508|hälsoundersökning 2202|flyktingmottagning v-asylum-health
färdtjänst 2014|kvinnojour 1513|VINR v-violence|fetma 1343|uroterapi 1338|benskörhet 1136
lymfödem v-compression|läkarintyg v-certificate|sjukskrivning v-sick-leave|förnya recept v-prescription
nätläkare v-video|byta vårdcentral v-listing|byt doktor v-listing|FLK v-named-doctor|PAL v-named-doctor
egenremiss v-self-referral|second opinion v-second-opinion|vårcentral 1502|vardcentral 1502
gyneolog 1311|fysio terapeut 1413|psykatri 1604|barnmorka 1505|midwife 1505|GP 1502|dentist 1802
pharmacy 2002|sårbehandling v-wound-care|fall v-fall-prevention
"""


@pytest.mark.parametrize("pair", WORDS.replace("\n", "|").strip("|").split("|"))
def test_a_word_reaches_its_service(pair: str) -> None:
    word, _, code = pair.rpartition(" ")
    assert ("care-service", code) in meanings(word)


@pytest.mark.parametrize(
    ("word", "system", "code"),
    [
        ("SSK", "profession", "SJ"),
        ("uska", "profession", "assistant-nurse"),
        ("överläkare", "profession", "LK"),
        ("BT-läkare", "profession", "at-doctor"),
        ("rehabkoordinator", "profession", "rehab-coordinator"),
        ("lasarett", "unit-type", "01"),
        ("hälsocentral", "unit-type", "02"),
        ("nätläkare", "unit-type", "03"),
        ("vårdavdelning", "care-form", "02"),
        ("MAVA", "care-form", "02"),
        ("klinik", "care-form", "01"),
        ("helgöppet", "opening-pattern", "weekend"),
        ("öppet nu", "opening-pattern", "now"),
        ("handikappanpassat", "accessibility", "wheelchair-accessible"),
        ("landsting", "ownership", "1"),
        ("farsi", "language", "per"),
    ],
)
def test_words_that_are_no_service(word: str, system: str, code: str) -> None:
    assert (system, code) in meanings(word)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("AT", {("care-service", "1402"), ("profession", "AT"), ("profession", "at-doctor")}),
        ("HC", {("care-service", "1502"), ("care-service", "2006"), ("unit-type", "02")}),
        ("KK", {("care-service", "1311"), ("care-service", "1807")}),
        ("IVA", {("care-service", "1134"), ("care-form", "02")}),
        ("SG", {("care-service", "1413"), ("profession", "SG")}),
    ],
)
def test_an_ambiguous_abbreviation_stands_at_each_of_its_meanings(
    word: str, expected: set[tuple[str, str]]
) -> None:
    assert meanings(word) == expected
