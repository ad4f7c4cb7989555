"""Forms as a browser without scripts would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from tests.support.signing_in import SignInBrowser


@dataclass
class Form:
    """The fields of one form, with what is checked, and its buttons."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def values(self, **more: Any) -> dict[str, list[str]]:
        """What is sent, with `more` in place of what the form has."""
        found: dict[str, list[str]] = {}
        checked = [(name, value) for name, value, on in self.choices if on]
        for name, value in self.fields + checked:
            found.setdefault(name, []).append(value)
        for name, value in more.items():
            found[name] = value if isinstance(value, list) else [value]
        return found


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(had.get("action", "")))
        if not self.forms or not had.get("name"):
            return
        form = self.forms[-1]
        if tag == "button":
            form.buttons.append((had["name"], had.get("value", "")))
        elif had.get("type") in ("checkbox", "radio"):
            form.choices.append((had["name"], had.get("value", ""), "checked" in had))
        elif tag in ("input", "select"):
            form.fields.append((had["name"], had.get("value", "")))


def forms(page: TestResponse) -> list[Form]:
    """All forms of the page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


def form_with(page: TestResponse, name: str = "key") -> Form:
    """The first form that has such a field."""
    assert page.status_code in (200, 409, 422), (page.status_code, page.text[-3000:])
    return next(form for form in forms(page) if any(had == name for had, _value in form.fields))


def send(browser: SignInBrowser, path: str, form: Form, **more: Any) -> TestResponse:
    """Post the form."""
    values = form.values(**more)
    return browser.client.post(path, data=values)


def confirm(browser: SignInBrowser, hsa_id: str) -> TestResponse:
    """The page of a unit, confirmed as it stands; the receipt."""
    page = browser.client.get(f"/lista/{hsa_id}")
    sent = send(browser, f"/lista/{hsa_id}", form_with(page), action="confirm")
    assert sent.status_code == 303, sent.text[-3000:]
    return browser.client.get(sent.headers["Location"])
