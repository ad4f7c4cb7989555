"""Code systems from files: versions, what a bare list keeps, what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.support.imports import Importer

HEAD = {
    "key": "test-list",
    "uri": "urn:example:test-list",
    "name_sv": "Provlista",
    "name_en": "Test list",
    "version": "1",
    "vintage": "2026",
    "source": "Tests",
    "licence": "None",
}
CONCEPTS = [
    {"code": "A", "display_sv": "Ett", "display_en": "One", "prop.public": True},
    {"code": "B", "display_sv": "Två", "display_en": "Two", "parent": "A", "maps": "care-form:related:01"},
]
LIST = "SELECT id FROM code_system WHERE key = 'test-list'"
CONCEPTS_OF_LIST = f"SELECT id FROM concept WHERE code_system_id IN ({LIST})"
TERMS = [{"code": "A", "kind": "lay", "terms": "etta|ettan"}]


@pytest.fixture(autouse=True)
def tidy(directory: Engine) -> Iterator[None]:
    """The list is gone after the test."""
    yield
    with directory.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"DELETE FROM concept_term WHERE concept_id IN ({CONCEPTS_OF_LIST})"))
        connection.execute(text(f"DELETE FROM concept_map WHERE source_concept_id IN ({CONCEPTS_OF_LIST})"))
        connection.execute(text(f"DELETE FROM concept WHERE id IN ({CONCEPTS_OF_LIST})"))
        connection.execute(text(f"DELETE FROM code_system_version WHERE code_system_id IN ({LIST})"))
        connection.execute(text(f"DELETE FROM code_system WHERE id IN ({LIST})"))


@pytest.fixture
def listed(load: Importer, tmp_path: Path) -> None:
    """The list as one JSON file, loaded."""
    path = tmp_path / "list.json"
    path.write_text(json.dumps({**HEAD, "concepts": CONCEPTS, "terms": TERMS}), encoding="utf-8")
    report = load("codes", path)
    assert (report.status, report.read, report.diff.created) == ("applied", 2, 2)


def words(directory: Engine) -> dict[str, list[str]]:
    query = f"""
        SELECT c.code, array_agg(t.term ORDER BY t.term) AS words FROM concept c
        JOIN concept_term t ON t.concept_id = c.id WHERE c.id IN ({CONCEPTS_OF_LIST}) GROUP BY c.code
    """
    with directory.connect() as connection:
        return {row.code: row.words for row in connection.execute(text(query))}


@pytest.mark.usefixtures("listed")
def test_a_bare_list_keeps_words_maps_and_english_labels(
    directory: Engine, load: Importer, tmp_path: Path
) -> None:
    path = tmp_path / "test-list.csv"
    path.write_text("code,text\nA,Ett\nC,Tre\n", encoding="utf-8")
    report = load("codes", path)
    assert (report.diff.created, report.diff.unchanged, report.diff.missing, report.closed) == (1, 2, 1, 0)
    assert [(w["code"], w["key"]) for w in report.warnings] == [("label-missing", "C")]
    assert words(directory) == {"A": ["etta", "ettan"]}
    again = load("codes", path)
    assert (again.diff.created, again.diff.updated, again.diff.unchanged) == (0, 0, 3)


@pytest.mark.usefixtures("listed")
def test_a_full_list_retires_what_it_lacks(load: Importer, tmp_path: Path) -> None:
    path = tmp_path / "test-list.csv"
    path.write_text("code,text\nA,Ett\n", encoding="utf-8")
    refused = load("codes", path, mode="full")
    assert refused.refusal is not None
    assert refused.refusal.code == "too-many-closures"
    assert load("codes", path, mode="full", allow_closures=True).closed == 1


def test_a_table_with_its_description_and_words_beside_it(
    directory: Engine, load: Importer, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text("\n".join(f'{k} = "{v}"' for k, v in HEAD.items()), encoding="utf-8")
    (tmp_path / "mine.terms.tsv").write_text("code\tkind\tterms\nA\tlay\tetta\n", encoding="utf-8")
    path = tmp_path / "mine.tsv"
    path.write_text("code\tdisplay_sv\tdisplay_en\nA\tEtt\tOne\n", encoding="utf-8")
    assert load("codes", path).diff.created == 1
    assert words(directory) == {"A": ["etta"]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("code,text\nA,Ett\n", "invalid-code-system"),
        ("kolumn,text\nA,Ett\n", "file-refused"),
        ("{}", "file-refused"),
        ('{"concepts": [1]}', "file-refused"),
    ],
)
def test_what_is_no_code_system_is_refused(load: Importer, tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "unheard-of.csv"
    path.write_text(content, encoding="utf-8")
    report = load("codes", path)
    assert report.refusal is not None
    assert report.refusal.code == code


@pytest.mark.usefixtures("listed")
def test_bad_rows_are_rejected_one_by_one(load: Importer, tmp_path: Path) -> None:
    path = tmp_path / "test-list.csv"
    path.write_text("code,text\nA,Ett\n,Tom\nA,Igen\nD,\n", encoding="utf-8")
    report = load("codes", path, max_rejected=80)
    assert [entry["code"] for entry in report.rejected] == ["code-missing", "code-repeated", "label-missing"]
    assert [entry["row"] for entry in report.rejected] == [3, 4, 5]
