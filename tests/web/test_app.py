"""What holds for every answer: headers, static files, compression, health."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.settings import Settings
from web import read_model
from web.app import create_app
from web.assets import FOLDER, SHEETS, tree_digest
from web.security import content_security_policy, tile_origin


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a migrated, empty database without an index."""
    application = create_app(Settings(database_url=database_url, index_dir=tmp_path / "index"))
    application.testing = True
    yield application
    read_model.keeper(application).stop()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Someone who asks."""
    return app.test_client()


@pytest.mark.parametrize(
    ("template", "origin"),
    [
        ("https://tiles.example.se/{z}/{x}/{y}.png", "https://tiles.example.se"),
        ("https://{s}.tiles.example.se/{z}/{x}/{y}.png", "https://*.tiles.example.se"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("/own/{z}/{x}/{y}.png", ""),
    ],
)
def test_only_the_tile_servers_images_are_let_in(template: str, origin: str) -> None:
    assert tile_origin(template) == origin
    policy = content_security_policy(Settings(tile_url=template))
    assert f"img-src 'self' data:{' ' + origin if origin else ''};" in policy


def test_static_files_are_kept_for_a_year_under_their_digest(client: FlaskClient) -> None:
    response = client.get(f"/static/{tree_digest()}/css/tokens.css", buffered=True)
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert "max-age=31536000" in response.headers["Cache-Control"]
    old = client.get("/static/000000000000/css/tokens.css", buffered=True)
    assert old.headers["Cache-Control"] == "no-cache"


def test_the_sheets_travel_as_one_in_their_order(client: FlaskClient) -> None:
    found = client.get(f"/static/{tree_digest()}/css/site.css")
    assert found.mimetype == "text/css"
    assert "immutable" in found.headers["Cache-Control"]
    text = found.get_data(as_text=True)
    starts = [text.index((FOLDER / f"css/{sheet}.css").read_text(encoding="utf-8")) for sheet in SHEETS]
    assert starts == sorted(starts)
    again = client.get(found.request.path, headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["../app.py", "%2e%2e/app.py", "css/../../app.py", "finns-inte.css"])
def test_nothing_outside_the_folder_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{tree_digest()}/{path}").status_code == 404


def test_text_is_compressed_for_those_who_take_it_and_carry_no_secret(client: FlaskClient) -> None:
    path = f"/static/{tree_digest()}/css/tokens.css"
    plain = client.get(path, buffered=True)
    small = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]
    client.set_cookie("session", "1")
    secret = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "Content-Encoding" not in secret.headers


def test_alive_without_a_database_and_not_ready_without_an_index(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "ok"}
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json
    checks = ready.json["checks"]
    assert (checks["database"], checks["migrations"], checks["index"]) == (True, True, False)
    assert ready.headers["Cache-Control"] == "no-store"


def test_without_a_database_live_answers_and_ready_says_what_is_wrong(tmp_path: Path) -> None:
    nowhere = Settings(database_url=f"postgresql://nobody@/none?host={tmp_path}", index_dir=tmp_path)
    app = create_app(nowhere)
    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json
    assert ready.json["checks"]["database"] is False
    down = client.get("/")
    assert down.status_code == 503
    assert "upptagen" in down.get_data(as_text=True)
    read_model.keeper(app).stop()


def test_the_find_page_stands_while_the_index_is_built(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Hitta vård nära dig" in page.get_data(as_text=True)
    searching = client.get("/sok?q=vc")
    assert searching.status_code == 503
    assert "Vänta en stund" in searching.get_data(as_text=True)
