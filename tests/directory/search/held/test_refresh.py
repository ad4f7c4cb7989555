"""A change shows in every process; readers go on when the database or the index is lost for a while."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from codes.services import load_shipped as load_code_systems
from core.database import normal_url, unit_of_work
from core.settings import ROOT
from directory.geography.services import load_shipped as load_geography
from directory.search.engine import answer
from directory.search.held.model import Model
from directory.search.held.refresh import Keeper
from directory.search.types import SearchRequest, SearchResult
from directory.search.writer import catch_up
from tests.directory.search.units import AT, hsa_id, take, unit
from tests.support.database import scratch_database

PATIENCE = 60.0
"""Another test's open transaction may hold a change back; without one it takes a fraction of a second."""


@pytest.fixture(scope="module")
def database(test_server: str) -> Iterator[Engine]:
    with scratch_database(test_server) as url:
        engine = create_engine(normal_url(url))
        with unit_of_work(engine) as session:
            load_code_systems(session)
            load_geography(session)
        yield engine
        engine.dispose()


@pytest.fixture
def keeper(database: Engine, tmp_path: Path) -> Iterator[Keeper]:
    put(database, 1, "Solrosen")
    catch_up(database, tmp_path)
    keeper = Keeper(lambda: database, tmp_path)
    keeper.wait_until(lambda model: found(model, "solrosen") == [hsa_id(1)], PATIENCE)
    yield keeper
    keeper.stop()


def put(engine: Engine, number: int, name: str, **fields: object) -> None:
    with unit_of_work(engine) as session:
        take(session, {hsa_id(number): unit(name, "1480", 57.7, 11.9, **fields)}, AT)


def found(model: Model, q: str) -> list[str]:
    request = SearchRequest(q=q, literal=True)
    return [hit.view["hsaId"] for hit in told(model, request).hits]


def told(model: Model, request: SearchRequest) -> SearchResult:
    return answer(request, model.held, model.reference, lambda: model.lexicon, AT)


def test_a_change_shows_in_words_cards_and_lists(keeper: Keeper, database: Engine, tmp_path: Path) -> None:
    put(database, 2, "Blåklockan")
    renamed = keeper.wait_until(lambda model: hsa_id(2) in model.cards, PATIENCE)
    assert renamed.held.table.name(hsa_id(2)) == "Blåklockan"
    catch_up(database, tmp_path)
    keeper.wait_until(lambda model: found(model, "blåklockan") == [hsa_id(2)], PATIENCE)
    put(database, 2, "Blåklockan", status="closed")
    closed = keeper.wait_until(lambda model: hsa_id(2) not in model.held.table.numbers, PATIENCE)
    assert found(closed, "blåklockan") == []
    assert hsa_id(2) in closed.cards


def test_a_new_name_finds_its_place_in_the_order_of_names(keeper: Keeper, database: Engine) -> None:
    put(database, 6, "Ängsklockan")
    keeper.wait_until(lambda model: hsa_id(6) in model.held.table.numbers, PATIENCE)
    put(database, 6, "Aklejan")
    by_name = SearchRequest(sort="name", limit=200)
    keeper.wait_until(lambda model: told(model, by_name).hits[0].view["name"] == "Aklejan", PATIENCE)


def test_two_processes_see_the_same_change(keeper: Keeper, database: Engine, tmp_path: Path) -> None:
    url = database.url.render_as_string(hide_password=False)
    program = (
        "import sys; from pathlib import Path; from sqlalchemy import create_engine;"
        "from directory.search.held.refresh import Keeper;"
        "keeper = Keeper(lambda: create_engine(sys.argv[1]), Path(sys.argv[2])); keeper.model();"
        "print('<ready>', flush=True);"
        f"keeper.wait_until(lambda m: m.held.table.name('{hsa_id(3)}') == 'Vallmon', {PATIENCE});"
        "print('<seen>', flush=True);"
        "keeper.stop()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, url, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout is not None
        # Its thread writes log lines meanwhile, so a line may hold more than the mark.
        assert any("<ready>" in line for line in iter(other.stdout.readline, ""))
        put(database, 3, "Vallmon")
        keeper.wait_until(lambda model: model.held.table.name(hsa_id(3)) == "Vallmon", PATIENCE)
        assert any("<seen>" in line for line in iter(other.stdout.readline, ""))


def test_answers_go_on_while_the_database_is_away(keeper: Keeper, database: Engine) -> None:
    with database.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        assert found(keeper.model(), "solrosen") == [hsa_id(1)]
    database.dispose()
    put(database, 4, "Tusenskönan")
    keeper.wait_until(lambda model: hsa_id(4) in model.held.table.numbers, PATIENCE)


def test_a_lost_index_is_missed_by_nobody_who_has_read_it(
    keeper: Keeper, database: Engine, tmp_path: Path
) -> None:
    for path in tmp_path.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    put(database, 5, "Prästkragen")
    without = keeper.wait_until(lambda model: hsa_id(5) in model.held.table.numbers, PATIENCE)
    assert found(without, "solrosen") == [hsa_id(1)]
    catch_up(database, tmp_path)
    keeper.wait_until(lambda model: found(model, "prästkragen") == [hsa_id(5)], PATIENCE)


def test_those_who_read_meanwhile_see_whole_states(keeper: Keeper, database: Engine, tmp_path: Path) -> None:
    over, wrong = threading.Event(), []

    def read() -> None:
        while not over.is_set():
            model = keeper.model()
            result = told(model, SearchRequest(limit=200))
            regions = sum(value.count for value in result.facets["region"])
            if not result.total == len(result.hits) == regions == len(model.held.table.numbers):
                wrong.append((result.total, len(result.hits), regions))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(10, 30):
            put(database, number, f"Enhet {number}", status="closed" if number % 3 == 0 else "active")
            catch_up(database, tmp_path)
        keeper.wait_until(lambda model: hsa_id(29) in model.held.table.numbers, PATIENCE)
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert wrong == []
