"""My pages: what holds, what one can do about it, and that it is nobody else's."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from core import clock
from listing.policy.model import Effective, Policy, Queue
from listing.services import timed
from tests.support.signing_in import SignInBrowser
from tests.web.site.my_pages.conftest import FULL, OPEN, OTHER
from tests.web.site.my_pages.pages import confirm, form_with, forms, send

Rows = Callable[..., list[Any]]


@pytest.fixture
def resident(browser: SignInBrowser) -> SignInBrowser:
    """Anna, listed at one unit."""
    browser.sign_in("resident")
    confirm(browser, OPEN)
    return browser


@pytest.fixture
def doctors(database: Engine) -> None:
    """Two doctors at the open unit, one of them full, and a substitute for the first."""
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO regular_doctor (professional_hsa_id, care_unit_id, name, ceiling, contact,"
                " valid) SELECT d.id, u.id, d.name, d.ceiling, CAST(d.contact AS jsonb), '[2020-01-01,)'"
                " FROM care_unit u, (VALUES ('SE2321000024-D1', 'Siv Lund', 100,"
                ' \'{"how": "Ring 018-611 00 00", "when": "vardagar 8-9"}\'),'
                " ('SE2321000024-D2', 'Bo Ek', 0, '{}'), ('SE2321000024-D3', 'Eva Ros', 50, '{}'))"
                " AS d (id, name, ceiling, contact) WHERE u.hsa_id = :unit"
            ),
            {"unit": OPEN},
        )
        connection.execute(
            text(
                "INSERT INTO doctor_substitute (doctor_id, substitute_id, valid) SELECT a.id, b.id,"
                " daterange(current_date, current_date + 30) FROM regular_doctor a, regular_doctor b WHERE"
                " a.professional_hsa_id = 'SE2321000024-D1' AND b.professional_hsa_id = 'SE2321000024-D3'"
            )
        )


def queue_of(database: Engine, rules: Callable[[Policy], None], browser: SignInBrowser) -> str:
    """Anna in the queue of a full unit that then has one place, offered to her; the entry's id."""
    rules(Policy(queue=Queue(serving="offer", offer_days=7)))
    confirm(browser, FULL)
    with database.begin() as connection:
        connection.execute(text("UPDATE listing_limit SET places = 1"))
        connection.execute(text("UPDATE unit_register SET unsettled = true"))
    timed.run_due(database)
    with database.connect() as connection:
        status, entry = connection.execute(text("SELECT status, id FROM queue_entry")).one()
    assert status == "offered"
    return str(entry)


def test_what_holds_and_what_is_left(resident: SignInBrowser) -> None:
    page = resident.client.get("/mina-sidor")
    for part in ("Listad på", "Ekeby vårdcentral", "av 2 på 12 månader", "Historik och kvitton"):
        assert part in page.text
    confirm(resident, OTHER)
    assert "Ett byte kommer tillbaka" in resident.client.get("/mina-sidor").text


def test_a_named_care_contact_is_not_known_here_and_one_is_told_whom_to_ask(
    resident: SignInBrowser, rows: Rows
) -> None:
    page = resident.client.get("/mina-sidor").text
    told = page[page.index('id="vardkontakt"') :]
    told = told[: told.index("</section>")]
    assert "kan inte visas här" in told
    assert f'href="/enhet/{OPEN}#kontakt"' in told
    [(listing,)] = rows("SELECT id FROM listing")
    path = f"/mina-sidor/listning/{listing}/lamna"
    send(resident, path, form_with(resident.client.get(path)))
    assert "Fråga den mottagning som ger vården." in resident.client.get("/mina-sidor").text


def test_leaving_is_confirmed_and_done_once(resident: SignInBrowser, rows: Rows) -> None:
    [(listing,)] = rows("SELECT id FROM listing")
    path = f"/mina-sidor/listning/{listing}/lamna"
    form = form_with(resident.client.get(path))
    first, second = (send(resident, path, form) for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"] == "/mina-sidor?klart=lamnat"
    assert "Klart. Listningen har upphört." in resident.client.get("/mina-sidor?klart=lamnat").text
    assert rows("SELECT count(*) FROM listing_event WHERE kind = 'ended'") == [(1,)]
    gone = resident.client.get(path)
    assert gone.status_code == 404
    assert "Det finns ingen sådan listning som gäller." in gone.text


def test_a_coming_change_is_taken_back_and_the_present_one_stays(
    browser: SignInBrowser, rules: Callable[[Policy], None], rows: Rows
) -> None:
    browser.sign_in("resident")
    confirm(browser, OPEN)
    rules(Policy(effective=Effective(when="next-day")))
    assert "Klart: bytet till Luthagens" in confirm(browser, OTHER).text
    assert "Ta tillbaka bytet" in browser.client.get("/mina-sidor").text
    [(coming,)] = rows("SELECT id FROM listing WHERE lower(valid) > current_date")
    path = f"/mina-sidor/listning/{coming}/lamna"
    page = browser.client.get(path)
    assert "Ekeby vårdcentral gäller som förut." in page.text
    assert send(browser, path, form_with(page)).headers["Location"] == "/mina-sidor?klart=tillbaka"
    assert rows("SELECT count(*) FROM listing WHERE upper_inf(valid)") == [(1,)]


def test_a_place_in_a_queue_tells_what_it_depends_on_and_can_be_left(
    resident: SignInBrowser, limit: Callable[[str, int], None], rows: Rows
) -> None:
    limit(FULL, 0)
    confirm(resident, FULL)
    page = resident.client.get("/mina-sidor")
    assert "Först i kön" in page.text
    assert "Listar du dig på en annan mottagning förlorar du köplatsen." in page.text
    [(entry,)] = rows("SELECT id FROM queue_entry")
    path = f"/mina-sidor/ko/{entry}/lamna"
    form = form_with(resident.client.get(path))
    assert send(resident, path, form).headers["Location"] == "/mina-sidor?klart=kolamnad"
    assert send(resident, path, form).status_code == 303
    assert rows("SELECT status FROM queue_entry") == [("left",)]


def test_an_offer_is_taken(
    resident: SignInBrowser,
    limit: Callable[[str, int], None],
    rules: Callable[[Policy], None],
    database: Engine,
    rows: Rows,
) -> None:
    limit(FULL, 0)
    entry = queue_of(database, rules, resident)
    overview = resident.client.get("/mina-sidor")
    assert "Du är erbjuden en plats" in overview.text
    assert "Det är din tur i kön" in overview.text
    path = f"/mina-sidor/erbjudande/{entry}"
    form = form_with(resident.client.get(path))
    taken = send(resident, path, form, answer="accept")
    assert "Klart: listad på Svartbäckens" in resident.client.get(taken.headers["Location"]).text
    assert send(resident, path, form, answer="accept").headers["Location"] == taken.headers["Location"]
    assert rows("SELECT status FROM queue_entry") == [("taken",)]


def test_an_offer_is_declined_and_other_answers_are_none(
    resident: SignInBrowser,
    limit: Callable[[str, int], None],
    rules: Callable[[Policy], None],
    database: Engine,
    rows: Rows,
) -> None:
    limit(FULL, 0)
    path = f"/mina-sidor/erbjudande/{queue_of(database, rules, resident)}"
    form = form_with(resident.client.get(path))
    assert send(resident, path, form, answer="perhaps").headers["Location"] == path
    assert send(resident, path, form, answer="decline").headers["Location"] == "/mina-sidor?klart=avbojt"
    late = send(resident, path, form, answer="accept")
    assert late.status_code == 409
    assert rows("SELECT status FROM queue_entry") == [("declined",)]


def test_an_offer_that_has_lapsed_is_told_so(
    resident: SignInBrowser,
    limit: Callable[[str, int], None],
    rules: Callable[[Policy], None],
    database: Engine,
) -> None:
    limit(FULL, 0)
    path = f"/mina-sidor/erbjudande/{queue_of(database, rules, resident)}"
    form = form_with(resident.client.get(path))
    with database.begin() as connection:
        connection.execute(
            text("UPDATE queue_entry SET offered_at = now() - interval '9 days', offer_expires_at = :then"),
            {"then": clock.now() - timedelta(days=1)},
        )
    late = send(resident, path, form, answer="accept")
    assert late.status_code == 410
    assert "Erbjudandet gick ut" in late.text


def test_a_regular_doctor_is_chosen_with_how_to_reach_and_let_go(
    resident: SignInBrowser, doctors: None, rows: Rows
) -> None:
    page = resident.client.get("/mina-sidor/fast-lakare")
    assert "Siv Lund" in page.text
    assert "har inte plats för fler" in page.text
    none = send(resident, "/mina-sidor/fast-lakare", form_with(page), action="choose")
    assert "saknas=1" in none.headers["Location"]
    chosen = send(
        resident, "/mina-sidor/fast-lakare", form_with(page), action="choose", doctor="SE2321000024-D1"
    )
    assert chosen.headers["Location"] == "/mina-sidor?klart=lakare"
    overview = resident.client.get("/mina-sidor")
    for part in ("Siv Lund", "Ring 018-611 00 00", "vardagar 8-9", "Vikarie från", "Eva Ros"):
        assert part in overview.text
    end = resident.client.get("/mina-sidor/fast-lakare")
    sent = send(resident, "/mina-sidor/fast-lakare", form_with(end), action="end")
    assert sent.headers["Location"] == "/mina-sidor?klart=lakare-slut"
    assert rows("SELECT count(*) FROM doctor_assignment WHERE upper_inf(valid)") == [(0,)]


def test_a_doctor_is_chosen_together_with_the_unit(browser: SignInBrowser, doctors: None, rows: Rows) -> None:
    browser.sign_in("resident")
    page = browser.client.get(f"/lista/{OPEN}")
    assert "Bo Ek" not in page.text
    send(browser, f"/lista/{OPEN}", form_with(page), action="confirm", doctor="SE2321000024-D1")
    assert rows("SELECT count(*) FROM doctor_assignment") == [(1,)]
    assert "Den fasta läkarkontakten på Ekeby" in browser.client.get(f"/lista/{OTHER}").text


def test_messages_are_marked_as_read_by_whom_they_are_for(
    resident: SignInBrowser, people: dict[str, int], database: Engine, rows: Rows
) -> None:
    with database.begin() as connection:
        for who in ("resident", "guardian"):
            connection.execute(
                text(
                    "INSERT INTO listing_notice (person_id, kind, listing_type) VALUES"
                    " (:who, 'closure-withdrawn', 'health-centre')"
                ),
                {"who": people[who]},
            )
    page = resident.client.get("/mina-sidor")
    form = next(one for one in forms(page) if "/meddelande/" in one.action)
    assert send(resident, form.action, form).headers["Location"] == "/mina-sidor#meddelanden"
    assert "Lästa meddelanden" in resident.client.get("/mina-sidor").text
    [(others,)] = rows("SELECT id FROM listing_notice WHERE person_id = :who", who=people["guardian"])
    assert send(resident, f"/mina-sidor/meddelande/{others}", form).status_code == 404
    assert rows("SELECT count(*) FROM listing_notice WHERE read_at IS NOT NULL") == [(1,)]


def test_history_tells_all_in_words_page_by_page(resident: SignInBrowser, rows: Rows) -> None:
    confirm(resident, OTHER)
    page = resident.client.get("/mina-sidor/historik")
    assert "Listad på Luthagens vårdcentral." in page.text
    assert "Räknas som ett byte." in page.text
    assert "Listningen på Ekeby vårdcentral upphörde vid bytet till en annan mottagning." in page.text
    [(first,)] = rows("SELECT max(id) FROM listing_event")
    older = resident.client.get(f"/mina-sidor/historik?fore={first}")
    assert "Listad på Luthagens" not in older.text
    assert "Listad på Ekeby vårdcentral." in older.text


def test_who_has_looked_names_unit_and_purpose_but_not_oneself(
    resident: SignInBrowser, people: dict[str, int], database: Engine
) -> None:
    assert "Ingen annan har läst eller ändrat något." in resident.client.get("/mina-sidor/insyn").text
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_event (actor, actor_role, purpose, action, subject_kind, subject_key,"
                " detail) VALUES ('staff:SE2321000024-P1', 'unit', 'care', 'listings-read', 'person', :who,"
                " jsonb_build_object('actor_unit', CAST(:unit AS text)))"
            ),
            {"who": str(people["resident"]), "unit": OTHER},
        )
    page = resident.client.get("/mina-sidor/insyn")
    assert "Personal på Luthagens vårdcentral" in page.text
    assert "SE2321000024-P1" not in page.text


def test_the_copy_holds_everything_and_is_audited(
    resident: SignInBrowser, people: dict[str, int], rows: Rows
) -> None:
    answer = resident.client.get("/mina-sidor/uppgifter.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.get_json()
    assert found["person"]["givenName"] == "Anna"
    assert [one["unit"] for one in found["listings"]] == ["Ekeby vårdcentral"]
    assert [one["kind"] for one in found["history"]] == ["listed"]
    assert found["lookedAt"][-1]["action"] == "copy-taken"
    assert "staff:" not in answer.text
    audited = rows("SELECT actor, purpose FROM audit_event WHERE action = 'copy-taken' ORDER BY id DESC")
    assert audited[0] == (f"person:{people['resident']}", "own-matter")


def test_a_receipt_is_shown_to_whom_it_is_for_and_to_nobody_else(resident: SignInBrowser, rows: Rows) -> None:
    [(listing,)] = rows("SELECT id FROM listing")
    path = f"/mina-sidor/kvitto/{listing}"
    assert "Klart: listad på Ekeby" in resident.client.get(path).text
    stranger = SignInBrowser(resident.client.application.test_client(), resident.provider)
    stranger.sign_in("guardian")
    answer, nothing = stranger.client.get(path), stranger.client.get(f"/mina-sidor/kvitto/{uuid4()}")
    assert answer.status_code == nothing.status_code == 404
    assert "Ekeby" not in answer.text


@pytest.mark.parametrize("what", ["listning/{}/lamna", "ko/{}/lamna", "erbjudande/{}"])
@pytest.mark.parametrize("known", [True, False])
def test_another_persons_things_look_as_if_they_were_not_there(
    resident: SignInBrowser, limit: Callable[[str, int], None], rows: Rows, what: str, known: bool
) -> None:
    limit(FULL, 0)
    confirm(resident, FULL)
    table = "listing" if "listning" in what else "queue_entry"
    [(found,)] = rows(f"SELECT id FROM {table}")
    path = f"/mina-sidor/{what.format(found if known else uuid4())}"
    stranger = SignInBrowser(resident.client.application.test_client(), resident.provider)
    stranger.sign_in("guardian")
    page = stranger.client.get(path)
    assert page.status_code == 404
    assert "vårdcentral</a>" not in page.text
    before = rows("SELECT count(*) FROM listing_event WHERE kind <> 'refused'")
    form = form_with(stranger.client.get(f"/lista/{OTHER}"))
    assert send(stranger, path, form, answer="accept").status_code in (400, 404)
    assert rows("SELECT count(*) FROM listing_event WHERE kind <> 'refused'") == before


def test_each_child_has_a_page_by_its_age(browser: SignInBrowser, rows: Rows) -> None:
    browser.sign_in("guardian")
    page = browser.client.get("/mina-sidor")
    links = {
        name: path
        for path, name in re.findall(r'href="(/mina-sidor/barn/[0-9a-f]+)">.*?</svg>(\w+)</a>', page.text)
    }
    assert set(links) == {"Elsa", "Hugo", "Maja"}
    assert "Inte listad någonstans." in browser.client.get(links["Elsa"]).text
    for name in ("Hugo", "Maja"):
        refused = browser.client.get(links[name])
        assert refused.status_code == 403
        assert "Barnet har fyllt 13 år." in refused.text
    for part in ("historik", "insyn", "uppgifter.json", "fast-lakare"):
        assert browser.client.get(f"{links['Elsa']}/{part}").status_code == 200
        assert browser.client.get(f"{links['Hugo']}/{part}").status_code == 403
    stranger = SignInBrowser(browser.client.application.test_client(), browser.provider)
    stranger.sign_in("resident")
    assert stranger.client.get(links["Elsa"]).headers["Location"] == "/mina-sidor"


@pytest.mark.parametrize("path", ["", "/historik", "/insyn", "/uppgifter.json", "/fast-lakare"])
@pytest.mark.parametrize("who", ["protected", "coordination"])
def test_nothing_is_shown_to_those_who_have_another_path(browser: SignInBrowser, path: str, who: str) -> None:
    browser.sign_in(who)
    page = browser.client.get(f"/mina-sidor{path}")
    assert page.status_code == 200
    assert "Så gör du i stället" in page.text
    assert "Content-Disposition" not in page.headers


@pytest.mark.parametrize("path", ["", "/historik", "/insyn", "/uppgifter.json", "/fast-lakare"])
def test_all_of_it_needs_a_sign_in_at_the_high_level(browser: SignInBrowser, path: str) -> None:
    assert browser.client.get(f"/mina-sidor{path}").status_code == 303
    browser.sign_in("resident", level="2")
    assert "/logga-in/starkare" in browser.client.get(f"/mina-sidor{path}").headers["Location"]


def test_busy_is_a_page_with_the_same_form_once_more(
    resident: SignInBrowser, database: Engine, people: dict[str, int], rows: Rows
) -> None:
    path = f"/lista/{OTHER}"
    form = form_with(resident.client.get(path))
    with database.connect() as other, other.begin():
        other.execute(text("SELECT pg_advisory_xact_lock(7235202, :id)"), {"id": people["resident"]})
        busy = send(resident, path, form, action="confirm")
    assert busy.status_code == 503
    assert busy.headers["Retry-After"]
    assert "Ingenting har ändrats." in busy.text
    again = next(one for one in forms(busy) if any(name == "key" for name, _value in one.fields))
    assert again.values()["key"] == form.values()["key"]
    assert send(resident, path, again).status_code == 303
    assert rows("SELECT count(*) FROM listing WHERE upper_inf(valid)") == [(1,)]
