"""What goes wrong on the way to a receipt, in a real browser: nothing is lost, nothing is done twice."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect
from sqlalchemy import Engine, text

from tests.support.browser import PHONE, check
from tests.support.signing_in import identify, sign_in
from tests.web.site.my_pages.conftest import FULL, OPEN
from tests.web.site.my_pages.offering import offer_the_first

CONFIRM = "button[value=confirm]"
CHROME_SAYS_NO = "chrome-error:"


def done_once(rows: Callable[..., list[Any]]) -> None:
    assert rows("SELECT count(*) FROM listing") == [(1,)]
    assert rows("SELECT count(*) FROM operation") == [(1,)]
    assert rows("SELECT count(*) FROM listing_event WHERE kind = 'listed'") in ([(1,)], [(0,)])


def test_double_click_back_button_and_second_tab_do_no_harm(page: Page, address: str, rows: Any) -> None:
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}")
    second = page.context.new_page()
    second.goto(f"{address}/lista/{OPEN}")
    page.get_by_role("button", name="Lista mig").dblclick()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    page.go_back()
    expect(page.get_by_text("Du är redan listad här.")).to_be_visible()
    second.get_by_role("button", name="Lista mig").click()
    expect(second.get_by_text("redan listad").first).to_be_visible()
    check(second, "already")
    done_once(rows)


def test_the_line_is_cut_before_the_form_arrives(page: Page, address: str, rows: Any) -> None:
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}")
    page.context.set_offline(True)
    page.locator(CONFIRM).click()
    page.wait_for_url(f"{CHROME_SAYS_NO}**")
    assert rows("SELECT 1 FROM listing") == []
    page.context.set_offline(False)
    page.goto(f"{address}/lista/{OPEN}")
    page.locator(CONFIRM).click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    done_once(rows)


@pytest.mark.parametrize("page", [{}, {"viewport": PHONE, "java_script_enabled": False}], indirect=True)
def test_the_line_is_cut_after_the_form_arrived_and_it_is_sent_again(
    page: Page, address: str, rows: Any
) -> None:
    """The register has done it, the receipt never came: the same form once more leads to that receipt."""
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}")
    answers: list[str] = []

    def lost(route: Route) -> None:
        if route.request.method == "POST" and not answers:
            answers.append(route.fetch(max_redirects=0).headers["location"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/lista/**", lost)
    fields = page.locator("form.confirm")
    form = fields.evaluate("one => Object.fromEntries(new FormData(one))")
    with pytest.raises(Error, match="ERR_CONNECTION_RESET"), page.expect_navigation():
        page.locator(CONFIRM).click()
    done_once(rows)
    again = page.context.request.post(
        f"{address}/lista/{OPEN}",
        form={**form, "action": "confirm"},
        headers={"Origin": address},
        max_redirects=0,
    )
    assert again.headers["location"] == answers[0]
    page.goto(address + again.headers["location"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ekeby vårdcentral")
    done_once(rows)


def test_an_answer_to_an_offer_that_was_lost_on_the_way_is_one_answer(
    page: Page, address: str, database: Engine, limit: Callable[[str, int], None], rows: Any
) -> None:
    limit(FULL, 0)
    sign_in(page, address, "Anna Ekdal", f"/lista/{FULL}")
    page.locator(CONFIRM).click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    offer_the_first(database)
    page.goto(f"{address}/mina-sidor")
    page.locator(".offer a.button").click()
    second = page.context.new_page()
    second.goto(page.url)

    def lost(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/erbjudande/**", lost)
    with pytest.raises(Error, match="ERR_CONNECTION_RESET"), page.expect_navigation():
        page.locator("button[value=accept]").click()
    assert rows("SELECT count(*) FROM listing") == [(1,)]
    second.locator("button[value=accept]").click()
    expect(second.locator("main h1")).to_be_visible()
    check(second, "offer-answered-twice")
    assert rows("SELECT count(*) FROM listing") == [(1,)]


def test_signed_out_in_another_tab_and_confirmed_here(page: Page, address: str, rows: Any) -> None:
    sign_in(page, address, "Karim Nordlund", f"/lista/{OPEN}")
    second = page.context.new_page()
    second.goto(f"{address}/om")
    second.get_by_role("button", name="Logga ut").click()
    second.wait_for_url("**/utloggad**")
    page.locator(CONFIRM).click()
    check(page, "form-refused")
    assert rows("SELECT 1 FROM listing") == []
    page.locator("main a.button--primary").click()
    identify(page, "Karim Nordlund")
    page.wait_for_url(f"{address}/lista/{OPEN}")
    page.locator(CONFIRM).click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    done_once(rows)


def test_the_session_ends_while_one_reads(page: Page, address: str, database: Engine, rows: Any) -> None:
    """Twenty minutes without a request: told so, back to the same step, and one listing."""
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}")
    with database.begin() as connection:
        connection.execute(text("DELETE FROM web_session"))
    page.locator(CONFIRM).click()
    check(page, "session-ended")
    expect(page.locator("main")).to_contain_text("inte genomfört")
    assert rows("SELECT 1 FROM listing") == []
    page.locator("main a.button--primary").click()
    identify(page, "Anna Ekdal")
    page.wait_for_url(f"{address}/lista/{OPEN}")
    page.locator(CONFIRM).click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    done_once(rows)


def test_a_form_from_before_signing_in_again_is_opened_anew(page: Page, address: str, rows: Any) -> None:
    """The token and the one-time key are those of an earlier session of the same person."""
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}")
    second = page.context.new_page()
    second.goto(f"{address}/om")
    second.get_by_role("button", name="Logga ut").click()
    second.wait_for_url("**/utloggad**")
    sign_in(second, address, "Anna Ekdal", "/mina-sidor")
    page.locator(CONFIRM).click()
    check(page, "form-too-old")
    assert rows("SELECT 1 FROM listing") == []
    page.locator("main a.button--primary").click()
    page.wait_for_url(f"{address}/lista/{OPEN}")
    page.locator(CONFIRM).click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    done_once(rows)
