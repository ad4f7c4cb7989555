"""How listing works: the region's rules in words, from the rows that the engine goes by."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.settings import Settings
from directory.models import CareUnit
from listing.models import ListingPolicy, UnitContract
from listing.policy.model import Effective, NonChoice, Policy, Protected, Queue, Texts
from listing.policy.parse import to_record
from tests.web.site.test_pages import page
from tests.web.site.units import FULL, HOSTILE, QUEUE

SKANE = "/sa-fungerar-listning/12"
DECIDED = Policy(
    effective=Effective(when="next-day"),
    queue=Queue(kind="central", serving="offer", offer_days=9),
    non_choice=NonChoice(method="nearest-in-municipality"),
    protected=Protected(path="refuse"),
    texts=Texts(
        about_sv="Så säger regionen själv.\n\nAndra stycket.",
        about_en="So says the region itself.",
        contact_sv="Ring <b>040-675</b>.",
        link="https://region.example/listning",
    ),
)


@pytest.fixture(scope="module")
def decided(site_settings: Settings) -> Iterator[None]:
    """Rules of Skåne: one decision for health centres with an end, another for child health centres."""
    engine = create_engine(site_settings.database_url)
    rows = [
        ("health-centre", DECIDED, Range(date(2026, 1, 1), date(2027, 1, 1))),
        (
            "child-health-centre",
            Policy(effective=Effective(when="immediately")),
            Range(date(2026, 1, 1), None),
        ),
    ]
    with Session(engine) as session, session.begin():
        for kind, policy, valid in rows:
            session.add(
                ListingPolicy(
                    region_code="12",
                    listing_type=kind,
                    valid=valid,
                    decision_reference=f"RS 2026-44 {kind}",
                    decided_on=date(2025, 11, 3),
                    parameters=to_record(policy),
                )
            )
    yield
    with Session(engine) as session, session.begin():
        session.execute(delete(ListingPolicy).where(ListingPolicy.region_code == "12"))
    engine.dispose()


@pytest.mark.usefixtures("decided")
def test_the_rules_in_words_with_their_decision(client: FlaskClient) -> None:
    html = page(client, SKANE)
    for text in (
        "Så fungerar listning i Region Skåne",
        "Listningen gäller från dagen efter.",
        "Regionen sköter kön",
        "Svara inom 9 dagar",
        "den närmaste mottagningen i kommunen",
        "RS 2026-44 health-centre",
        "3 november 2025",
        "till och med 31 december 2026",
    ):
        assert text in html, text


@pytest.mark.usefixtures("decided")
def test_the_regions_own_words_stand_over_the_national_ones(client: FlaskClient) -> None:
    html = page(client, SKANE)
    assert html.index("Så säger regionen själv.") < html.index("Vem kan lista sig</h2>")
    assert html.index("Så säger regionen själv.") < html.index('<h2 id="hela-landet">')
    assert "Ring &lt;b&gt;040-675&lt;/b&gt;." in html
    assert 'href="https://region.example/listning"' in html
    english = page(client, f"{SKANE}?lang=en")
    assert "So says the region itself." in english
    assert "Så säger regionen" not in english


@pytest.mark.usefixtures("decided")
def test_each_type_of_listing_has_its_own_rules(client: FlaskClient) -> None:
    assert "typ=child-health-centre" in page(client, SKANE)
    html = page(client, f"{SKANE}?typ=child-health-centre")
    assert "genast när den är registrerad" in html
    assert "RS 2026-44 child-health-centre" in html
    assert "Listningen gäller från dagen efter." in page(client, f"{SKANE}?typ=nonsense")


@pytest.mark.usefixtures("decided")
def test_protected_people_have_a_path_of_their_own(client: FlaskClient) -> None:
    assert "finns du inte i listningssystemet" in page(client, SKANE)
    assert "har listningen en egen väg" in page(client, "/sa-fungerar-listning/03")


def test_a_region_without_a_decision_says_so(client: FlaskClient) -> None:
    html = page(client, "/sa-fungerar-listning/09")
    assert "Regionen har inte lämnat något eget beslut" in html
    assert "Du kan byta mottagning 2 gånger under 12 månader." in html


def test_what_is_alike_is_gathered_under_one_lead(client: FlaskClient) -> None:
    html = page(client, "/sa-fungerar-listning/03")
    assert html.count("räknas inte som ett byte") == 1
    assert "<li>att din mottagning stänger</li>" in html
    assert "<li>särskilda medicinska skäl, med underlag. Mottagningen avgör.</li>" in html


def test_a_region_is_chosen_without_script(client: FlaskClient) -> None:
    html = page(client, "/sa-fungerar-listning")
    assert html.count("<option") == 21
    answer = client.get("/sa-fungerar-listning?region=03&lang=en")
    assert answer.status_code == 302
    assert answer.location == "/sa-fungerar-listning/03?lang=en"
    page(client, "/sa-fungerar-listning?region=99")
    page(client, "/sa-fungerar-listning/99", 404)


def test_the_card_says_what_its_status_means_by_the_rules(client: FlaskClient) -> None:
    opened, queue, full = (page(client, f"/enhet/{unit}") for unit in (FULL, QUEUE, HOSTILE))
    assert "Listningen gäller genast när den är registrerad." in opened
    assert "Du kan byta mottagning 2 gånger" in opened
    assert "Om du själv listar dig någon annanstans förlorar du din köplats." in queue
    assert "Kön går efter när du ställde dig i den." in queue
    assert "bara om regionen har beslutat om ett listningstak" in full
    for html in (opened, queue, full):
        assert 'href="/sa-fungerar-listning/03"' in html


def test_the_listing_button_says_what_it_leads_to(client: FlaskClient) -> None:
    for unit, words in (
        (FULL, "Lista dig"),
        (QUEUE, "Ställ dig i kö"),
        (HOSTILE, "Fullt – så gör du i stället"),
    ):
        card = page(client, f"/enhet/{unit}")
        button = card[card.index("listing-button") :]
        assert words in button[: button.index("</a>")]
        assert unit in button[: button.index(">")]
    assert "listing-button" not in page(client, f"/enhet/{FULL}?asOf=2026-06-01")
    assert "Lista dig" in page(client, "/sok?q=ekeby")


def test_the_rules_are_of_the_type_in_the_contract(site_settings: Settings, client: FlaskClient) -> None:
    assert 'href="/sa-fungerar-listning/03"' in page(client, f"/enhet/{QUEUE}")
    engine = create_engine(site_settings.database_url)
    with Session(engine) as session, session.begin():
        unit = session.scalars(select(CareUnit.id).where(CareUnit.hsa_id == QUEUE)).one()
        valid = Range(date(2020, 1, 1), None)
        session.add(UnitContract(care_unit_id=unit, listing_type="midwifery", valid=valid))
    try:
        assert 'href="/sa-fungerar-listning/03?typ=midwifery"' in page(client, f"/enhet/{QUEUE}")
    finally:
        with Session(engine) as session, session.begin():
            session.execute(delete(UnitContract).where(UnitContract.care_unit_id == unit))
        engine.dispose()
