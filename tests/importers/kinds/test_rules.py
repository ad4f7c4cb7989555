"""Rules, contracts and limits from files: what holds afterwards, what is refused, and the same file again."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from core.settings import ROOT
from listing.policy import LISTING_TYPES
from listing.policy.lookup import policy_for
from tests.support.imports import Importer

Table = Callable[..., Path]
Row = dict[str, object]
ONE, TWO, NONE = "SE2321000024-1001", "SE2321000024-1002", "SE2321000024-1999"
PRACTICE = ROOT / "importers" / "data" / "regional-practice.toml"
TODAY = date(2026, 5, 10)
POLICY: Row = {"type": "policy", "region": "03", "decision_reference": "RS 1"}
CONTRACT: Row = {"type": "contract", "hsa_id": ONE, "decision_reference": "AVT 1"}
LIMIT: Row = {"type": "limit", "hsa_id": ONE, "decision_reference": "HSN 1", "places": 8000}


@pytest.fixture
def units(load: Importer, table: Table) -> None:
    """Two units of Uppsala."""
    rows = [{"hsa_id": ONE, "name": "Eken", "region": "03"}, {"hsa_id": TWO, "name": "Almen", "region": "03"}]
    load("units", table(rows), source="units")


def held(engine: Engine, name: str, columns: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        query = f"SELECT lower(valid)::text, upper(valid)::text, {columns} FROM {name} ORDER BY id"
        return [tuple(row) for row in connection.execute(text(query))]


def in_force(
    engine: Engine, region: str = "03", day: date = TODAY, listing_type: Any = "health-centre"
) -> Any:
    with Session(engine) as session:
        return policy_for(session, region, listing_type, day)


@pytest.mark.usefixtures("units")
def test_a_table_of_all_three(directory: Engine, load: Importer, table: Table) -> None:
    rows: list[Row] = [
        {
            **POLICY,
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "decided_on": "2025-11-20",
            "queue.serving": "offer",
            "queue.offer_days": "7",
            "queue.listing_elsewhere_drops": "nej",
            "cap_exemptions.codes": "moved-in|home-care",
            "change_limit.max_changes": "3",
            "parameters": '{"effective": {"when": "next-day"}}',
        },
        CONTRACT,
        {**LIMIT, "valid_from": "2026-01-01", "valid_to": "2026-06-30", "decided_by": "Nämnden"},
    ]
    report = load("rules", table(rows))
    assert (report.status, report.read, report.rejected_count) == ("applied", 3, 0)
    assert (report.diff.created, report.diff.updated, report.diff.unchanged) == (3, 0, 0)
    found = in_force(directory)
    assert (found.reference, found.decided_on) == ("RS 1", date(2025, 11, 20))
    assert (found.valid_from, found.valid_to) == (date(2026, 1, 1), date(2027, 1, 1))
    queue = found.policy.queue
    assert (queue.serving, queue.offer_days, queue.listing_elsewhere_drops) == ("offer", 7, False)
    assert found.policy.cap_exemptions.codes == ("moved-in", "home-care")
    assert found.policy.effective.when == "next-day"
    assert [warning["code"] for warning in report.warnings] == ["outside-the-law"]
    assert held(directory, "unit_contract", "reference") == [(None, None, "AVT 1")]
    assert held(directory, "listing_limit", "places, decided_by") == [
        ("2026-01-01", "2026-07-01", 8000, "Nämnden")
    ]
    again = load("rules", table(rows))
    assert (again.diff.created, again.diff.updated, again.diff.unchanged) == (0, 0, 3)


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("form", ["xlsx", "json", "toml"])
def test_other_formats_say_the_same(directory: Engine, load: Importer, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"rules.{form}"
    if form == "xlsx":
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Typ", "Län", "queue.max_queues", "valid_from", "beslut", "HSA-id", "Platser"])
        sheet.append(["policy", "03", 2, date(2026, 1, 1), "RS 1", None, None])
        sheet.append(["tak", None, None, date(2026, 1, 1), "HSN 1", ONE, 500])
        book.save(path)
    elif form == "json":
        rows: list[Row] = [
            {**POLICY, "valid_from": "2026-01-01", "parameters": {"queue": {"max_queues": 2}}},
            {**LIMIT, "valid_from": "2026-01-01", "places": 500},
        ]
        path.write_text(json.dumps({"rules": rows}), encoding="utf-8")
    else:
        path.write_text(
            '[[rules]]\ntype = "policy"\nregion = "03"\nvalid_from = 2026-01-01\n'
            'decision_reference = "RS 1"\nparameters = { queue = { max_queues = 2 } }\n'
            '[[rules]]\ntype = "limit"\nplaces = 500\n'
            f'hsa_id = "{ONE}"\nvalid_from = 2026-01-01\ndecision_reference = "HSN 1"\n',
            encoding="utf-8",
        )
    report = load("rules", path)
    assert (report.refusal, report.rejected, report.diff.created) == (None, [], 2)
    assert in_force(directory).policy.queue.max_queues == 2
    assert held(directory, "listing_limit", "places") == [("2026-01-01", None, 500)]


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({**POLICY, "type": "polici"}, "type", "type-unknown"),
        ({**POLICY, "type": ""}, "type", "type-unknown"),
        ({**POLICY, "region": "02"}, "region", "region"),
        ({**POLICY, "region": ""}, "region", "region"),
        ({**POLICY, "listing_type": "dentist"}, "listing_type", "listing-type-unknown"),
        ({**POLICY, "decision_reference": " "}, "decision_reference", "reference-missing"),
        ({**POLICY, "valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "valid_to", "validity"),
        ({**POLICY, "valid_from": "soon"}, "valid_from", "date"),
        ({**POLICY, "valid_to": "01/02/2026"}, "valid_to", "date-ambiguous"),
        ({**POLICY, "decided_on": "yesterday"}, "decided_on", "date"),
        ({**POLICY, "parameters": "[1]"}, "parameters", "parameters"),
        ({**POLICY, "parameters": '{"queu": {}}'}, "queu", "unknown-parameter"),
        ({**POLICY, "queue.max_queues": "many"}, "queue.max_queues", "wrong-type"),
        ({**POLICY, "queue.max_queues": "11"}, "queue.max_queues", "out-of-bounds"),
        ({**POLICY, "queue.serving": "offer"}, "queue.offer_days", "offer-without-days"),
        (
            {**POLICY, "queue.listing_elsewhere_drops": "perhaps"},
            "queue.listing_elsewhere_drops",
            "wrong-type",
        ),
        ({**POLICY, "non_choice.fallbacks": "nearest|swim"}, "non_choice.fallbacks[1]", "unknown-word"),
        ({**LIMIT, "hsa_id": NONE}, "hsa_id", "unit-unknown"),
        ({**LIMIT, "hsa_id": ""}, "hsa_id", "hsa-id-missing"),
        ({**LIMIT, "places": ""}, "places", "places"),
        ({**LIMIT, "places": "-1"}, "places", "places"),
        ({**LIMIT, "places": "99999999"}, "places", "places"),
        ({**LIMIT, "decision_reference": ""}, "decision_reference", "reference-missing"),
        ({**CONTRACT, "hsa_id": "SE-1"}, "hsa_id", "hsa-id-invalid"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_place(
    directory: Engine, load: Importer, table: Table, row: Row, field: str, code: str
) -> None:
    report = load("rules", table([row]), max_rejected=100)
    assert [(one["row"], one["field"], one["code"]) for one in report.rejected] == [(2, field, code)]
    assert report.diff.created == 0
    assert held(directory, "listing_policy", "id") == held(directory, "listing_limit", "id") == []


def test_a_column_that_nobody_reads_refuses_the_file(load: Importer, table: Table) -> None:
    report = load("rules", table([{**POLICY, "queue.max_queue": 2}]))
    assert report.refusal is not None
    assert "queue.max_queue" in report.refusal.message
    missing = load("rules", table([{"region": "03"}]))
    assert missing.refusal is not None
    assert "type" in missing.refusal.message


@pytest.mark.parametrize(
    "content", ["rules = 3", "[[rule]]\ntype = 'policy'", "[[rules]", "x = 1\n[[rules]]\ntype = 'policy'"]
)
def test_a_toml_file_of_another_form_is_refused(load: Importer, tmp_path: Path, content: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content, encoding="utf-8")
    assert load("rules", path).status == "refused"


@pytest.mark.usefixtures("units")
def test_a_later_decision_takes_its_days_and_leaves_the_others(
    directory: Engine, load: Importer, table: Table
) -> None:
    load("rules", table([{**LIMIT, "valid_from": "2026-01-01"}]))
    report = load(
        "rules",
        table([{**LIMIT, "valid_from": "2026-03-01", "valid_to": "2026-05-31", "places": 100}]),
        source="other",
    )
    assert (report.diff.created, report.diff.updated) == (1, 0)
    assert sorted(held(directory, "listing_limit", "places, source_id")) == sorted(
        [
            ("2026-01-01", "2026-03-01", 8000, _source(directory, "test")),
            ("2026-03-01", "2026-06-01", 100, _source(directory, "other")),
            ("2026-06-01", None, 8000, _source(directory, "test")),
        ]
    )
    raised = load("rules", table([{**LIMIT, "valid_from": "2026-03-01", "places": 200}]), source="other")
    assert (raised.diff.created, raised.diff.updated) == (0, 1)
    assert [(row[0], row[1], row[2]) for row in sorted(held(directory, "listing_limit", "places"))] == [
        ("2026-01-01", "2026-03-01", 8000),
        ("2026-03-01", None, 200),
    ]


def _source(engine: Engine, key: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT id FROM source WHERE key = :key"), {"key": key}) or 0)


@pytest.mark.usefixtures("units")
def test_rows_about_the_same_days_cannot_both_hold(load: Importer, table: Table) -> None:
    rows = [
        {**LIMIT, "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
        {**LIMIT, "valid_from": "2026-06-30", "places": 1},
        {**LIMIT, "valid_from": "2026-07-01", "places": 2},
        {**LIMIT, "hsa_id": TWO, "valid_from": "2026-06-30"},
    ]
    report = load("rules", table(rows), max_rejected=50)
    assert [(one["row"], one["code"]) for one in report.rejected] == [(3, "rows-overlap")]
    assert report.diff.created == 3


@pytest.mark.usefixtures("units")
def test_a_full_import_ends_what_it_does_not_name_any_more(
    directory: Engine, load: Importer, table: Table
) -> None:
    with clock.frozen(datetime(2026, 5, 10, 10, tzinfo=UTC)):
        contracts: list[Row] = [CONTRACT, {**CONTRACT, "hsa_id": TWO}]
        load("rules", table([*contracts, LIMIT, POLICY]))
        delta = load("rules", table([CONTRACT]))
        assert (delta.diff.missing, delta.closed, delta.diff.unchanged) == (3, 0, 1)
        refused = load("rules", table([CONTRACT]), mode="full")
        assert refused.refusal is not None
        assert refused.refusal.code == "too-many-closures"
        assert len(held(directory, "listing_policy", "id")) == 1
        full = load("rules", table([*contracts[:1], POLICY]), mode="full", allow_closures=True)
        assert (full.diff.missing, full.closed, full.diff.unchanged) == (2, 2, 2)
        assert held(directory, "unit_contract", "reference") == [
            (None, None, "AVT 1"),
            (None, "2026-05-10", "AVT 1"),
        ]
        assert held(directory, "listing_limit", "places") == [(None, "2026-05-10", 8000)]
        other = load("rules", table([{**POLICY, "region": "01"}]), mode="full", source="another")
        assert other.closed == 0


@pytest.mark.usefixtures("units")
def test_a_rejected_row_counts_as_named(directory: Engine, load: Importer, table: Table) -> None:
    load("rules", table([LIMIT]))
    report = load(
        "rules", table([{**LIMIT, "places": "x"}]), mode="full", allow_closures=True, max_rejected=100
    )
    assert (report.rejected_count, report.closed) == (1, 0)
    assert held(directory, "listing_limit", "places") == [(None, None, 8000)]


@pytest.mark.usefixtures("units")
def test_an_import_for_one_region_touches_no_other(load: Importer, table: Table) -> None:
    rows: list[Row] = [
        {**POLICY, "region": ""},
        LIMIT,
        {**POLICY, "region": "03", "listing_type": "midwifery"},
    ]
    report = load("rules", table(rows), region="01", max_rejected=100)
    assert [(one["row"], one["code"]) for one in report.rejected] == [
        (3, "other-region"),
        (4, "other-region"),
    ]
    assert report.diff.created == 1


@pytest.mark.usefixtures("units")
def test_registers_that_are_touched_are_marked(directory: Engine, load: Importer, table: Table) -> None:
    def unsettled() -> list[tuple[str, str]]:
        with unit_of_work(directory) as session:
            query = (
                "UPDATE unit_register r SET unsettled = false FROM care_unit u"
                " WHERE u.id = care_unit_id AND unsettled RETURNING u.hsa_id, listing_type"
            )
            return sorted((row[0], row[1]) for row in session.execute(text(query)))

    load("rules", table([CONTRACT]))
    assert unsettled() == [(ONE, "health-centre")]
    load("rules", table([CONTRACT]))
    assert unsettled() == []
    load("rules", table([LIMIT, {**LIMIT, "hsa_id": TWO}, {**LIMIT, "listing_type": "midwifery"}]))
    assert unsettled() == [(ONE, "health-centre"), (ONE, "midwifery"), (TWO, "health-centre")]
    load("rules", table([LIMIT]))
    assert unsettled() == []
    load("rules", table([{**CONTRACT, "hsa_id": TWO}]))
    assert unsettled() == [(TWO, "health-centre")]
    load("rules", table([POLICY]))
    assert unsettled() == [(ONE, "health-centre"), (TWO, "health-centre")]
    load("rules", table([{**POLICY, "region": "01"}]))
    assert unsettled() == []


@pytest.mark.usefixtures("units")
def test_a_limit_outside_the_regions_own_frame_is_told(load: Importer, table: Table) -> None:
    rows = [{**POLICY, "cap.max_months": 6}, {**LIMIT, "valid_from": "2026-01-01"}]
    report = load("rules", table(rows))
    assert report.diff.created == 2
    assert [one["code"] for one in report.warnings] == ["limit-too-long"]


def test_the_shipped_practice_holds_for_every_region(directory: Engine, load: Importer) -> None:
    report = load("rules", PRACTICE)
    assert (report.status, report.rejected, report.warnings) == ("applied", [], [])
    with directory.connect() as connection:
        regions = set(connection.scalars(text("SELECT code FROM region")))
    assert len(regions) == 21
    for region in regions:
        assert not in_force(directory, region).is_default
    assert in_force(directory, "01").policy.non_choice.method == "none"
    assert in_force(directory, "14").policy.effective.when == "next-day"
    assert in_force(directory, "14").policy.non_choice.method == "nearest-in-municipality"
    assert in_force(directory, "13").policy.non_choice.capped_units == "skip"
    assert in_force(directory, "22").policy.queue.kind == "central"
    assert (
        in_force(directory, "12", listing_type="child-health-centre").policy.change_limit.max_changes is None
    )
    assert load("rules", PRACTICE).diff.unchanged == report.diff.created
    assert {in_force(directory, "03", listing_type=one).listing_type for one in LISTING_TYPES} == set(
        LISTING_TYPES
    )
