"""A hundred and fifty units of every kind, as the database has them and as a process holds them."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.hours.instants import local_date
from directory.search.completeness import RECENT_DAYS
from directory.search.held.model import Maker, Model
from directory.search.index import TextIndex
from directory.search.writer import build_from
from tests.directory.search.units import ALWAYS, AT, UNITS, WEEKDAYS, take


class World:
    """The units in the database, the index of them, and what is held of both."""

    def __init__(self, session: Session, index: TextIndex, model: Model) -> None:
        self.session, self.index, self.model = session, index, model


NIGHT = {"opening": {"weekly": [{"weekday": d, "opens": "20:00", "closes": "26:00"} for d in (4, 5, 6)]}}
SHUT = {
    "opening": {
        "weekly": [{"weekday": d, "opens": "08:00", "closes": "12:00"} for d in range(1, 6)],
        "exceptions": [{"from": "2026-11-19", "to": "2026-11-22", "intervals": []}],
    }
}
TOWNS = [("1480", 57.7, 11.97), ("1481", 57.655, 12.015), ("0380", 59.858, 17.64), ("0180", 59.33, 18.06)]
WORDS = ["vårdcentral", "barnmorskemottagning", "Ängen", "Öbacka", "Åsen", "folktandvård", "kirurgi"]
WORDS += ["Solrosen", "Norra", "Södra"]


def many(count: int = 150, seed: int = 3) -> dict[str, dict[str, Any]]:
    """Generated units: some at one point, some without position, hours, listing or codes."""
    chance = random.Random(seed)
    found = {}
    for number in range(count):
        town, lat, lon = chance.choice(TOWNS)
        record: dict[str, Any] = {
            "kind": "care_unit",
            "name": " ".join(chance.sample(WORDS, 2)).capitalize(),
            "municipality": town,
            "region": town[:2],
            "unit_types": chance.sample(["02", "03"], chance.randint(0, 1)),
            "languages": chance.sample(["fin", "ara", "swe"], chance.randint(0, 2)),
            "activities": chance.sample(["1502", "1505", "1335", "2002"], chance.randint(0, 2)),
        }
        if chance.random() < 0.85:
            spread = chance.choice([0, 0, 0.001, 0.05, 0.3])
            record["position"] = {
                "lat": round(lat + chance.uniform(-spread, spread), 6),
                "lon": round(lon + chance.uniform(-spread, spread), 6),
                "origin": chance.choice(["wgs84", "postal-code"]),
            }
        if chance.random() < 0.5:
            record["contacts"] = {"phone": ["+46317000000"]}
        if hours := chance.choice([None, WEEKDAYS, ALWAYS, NIGHT, SHUT]):
            record["hours"] = hours
        if listing := chance.choice(
            [None, {"status": "open"}, {"status": "queue", "queue_length": 3}, {"status": "queue"}]
        ):
            record["listing"] = listing
        if chance.random() < 0.3:
            bounds = {"valid_to": "2026-11-20"} if chance.random() < 0.5 else {"valid_from": "2026-11-21"}
            record["offerings"] = [{"code": "v-vaccination", **bounds}]
        if chance.random() < 0.1:
            record["publish_to"] = "2026-11-20T12:00:00+00:00"
        if chance.random() < 0.05:
            record["status"] = "closed"
        found[f"SE2321000131-H{number:06d}"] = {key: value for key, value in record.items() if value}
    return found


@pytest.fixture(scope="module")
def world(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A session that sees the units, an index of them, and what is held of both. For reading only."""
    directory, chance = tmp_path_factory.mktemp("index"), random.Random(7)
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            everything = {**UNITS, **many()}
            old = set(list(everything)[::3])
            # A third have not been changed for a year when it is AT, and some of them only from noon on.
            for key in old:
                at = AT - timedelta(days=RECENT_DAYS + chance.randint(-1, 1), hours=chance.randint(-12, 12))
                take(session, {key: everything[key]}, at)
            take(session, {key: record for key, record in everything.items() if key not in old}, AT)
            build_from(session, directory)
            index = TextIndex(directory)
            yield World(session, index, Maker(index).load(session, local_date(AT)))
        transaction.rollback()
