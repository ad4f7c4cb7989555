"""Loading of code systems into a real database."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from codes.definition import CodeSystemDefinition, ConceptDefinition, MapDefinition, TermDefinition
from codes.errors import InvalidCodeSystem, VersionConflict
from codes.models import CodeSystem, CodeSystemVersion, Concept
from codes.queries import get_concept, get_system, list_concepts
from codes.services import SHIPPED_BY, LoadReport, load_code_system, load_shipped
from core.audit import AuditEvent
from core.outbox import OutboxRow
from tests.codes.definitions import FRUIT, jam, version, without

PLUM_2 = ConceptDefinition("plum", "Plommon", "Prune", sort_order=3)


def load(session: Session, definition: CodeSystemDefinition) -> LoadReport:
    return load_code_system(session, definition, "tester")


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.retired, report.unchanged


def events(session: Session) -> tuple[int | None, int | None]:
    audits = session.scalar(select(func.count()).where(AuditEvent.subject_key == FRUIT.key))
    rows = session.scalar(
        select(func.count()).where(OutboxRow.topic == "code-system", OutboxRow.key == FRUIT.key)
    )
    return audits, rows


def test_a_first_load_writes_everything_and_a_second_nothing(session: Session) -> None:
    assert counts(load(session, FRUIT)) == (3, 0, 0, 0)
    assert events(session) == (1, 1)
    assert counts(load(session, FRUIT)) == (0, 0, 0, 3)
    assert events(session) == (1, 1)
    detail = get_concept(session, "test-fruit", "apple")
    assert (detail.concept.parent, detail.concept.properties) == ("pome", {"edible": True})
    assert {(term.text, term.kind) for term in detail.terms} == {
        ("äpplen", "synonym"),
        ("aple", "misspelling"),
    }


def test_the_same_version_with_other_content_is_refused(session: Session) -> None:
    load(session, FRUIT)
    with pytest.raises(VersionConflict, match="other content"):
        load(session, version("1", PLUM_2))
    assert get_concept(session, "test-fruit", "plum").concept.display_en == "Plum"


def test_a_version_that_was_replaced_is_refused(session: Session) -> None:
    load(session, FRUIT)
    load(session, version("2", PLUM_2))
    with pytest.raises(VersionConflict, match="replaced"):
        load(session, FRUIT)
    assert counts(load(session, version("3"))) == (0, 1, 0, 2)


def test_a_new_version_retires_what_it_lacks_and_takes_it_back(session: Session) -> None:
    load(session, FRUIT)
    assert counts(load(session, without(version("2"), "plum"))) == (0, 0, 1, 2)
    assert [concept.code for concept in list_concepts(session, "test-fruit")] == ["pome", "apple"]
    assert get_concept(session, "test-fruit", "plum").concept.retired
    assert counts(load(session, without(version("2b"), "plum"))) == (0, 0, 0, 2)
    assert counts(load(session, version("3"))) == (0, 1, 0, 2)
    assert not get_concept(session, "test-fruit", "plum").concept.retired
    first = session.scalars(
        select(CodeSystemVersion).join(CodeSystem).where(CodeSystem.key == FRUIT.key)
    ).all()
    assert [(each.version, each.is_current) for each in first] == [
        ("1", False),
        ("2", False),
        ("2b", False),
        ("3", True),
    ]


def test_words_follow_the_version(session: Session) -> None:
    load(session, FRUIT)
    apple = ConceptDefinition(
        "apple",
        "Äpple",
        "Apple",
        parent="pome",
        sort_order=2,
        properties={"edible": True},
        terms=(TermDefinition("aple", kind="lay"), TermDefinition("apples", "en")),
    )
    assert counts(load(session, version("2", apple))) == (0, 1, 0, 2)
    terms = get_concept(session, "test-fruit", "apple").terms
    assert {(term.text, term.language, term.kind) for term in terms} == {
        ("aple", "sv", "lay"),
        ("apples", "en", "synonym"),
    }


def test_maps_follow_the_version_and_need_their_target(session: Session) -> None:
    load(session, FRUIT)
    load(session, jam(MapDefinition("test-fruit", "plum", "related")))
    report = load(session, jam(MapDefinition("test-fruit", "plum", "broader"), version="2"))
    assert counts(report) == (0, 1, 0, 0)
    assert [each.relationship for each in get_concept(session, "test-jam", "plum-jam").maps] == ["broader"]
    assert counts(load(session, jam(version="3"))) == (0, 1, 0, 0)
    assert get_concept(session, "test-jam", "plum-jam").maps == []
    with pytest.raises(InvalidCodeSystem, match="test-fruit:pear"):
        load(session, jam(MapDefinition("test-fruit", "pear"), version="4"))


def test_a_faulty_definition_is_refused_with_its_faults(session: Session) -> None:
    with pytest.raises(InvalidCodeSystem) as refusal:
        load(session, version("1", ConceptDefinition("x", "", "")))
    assert len(refusal.value.extra["faults"]) == 2  # type: ignore[arg-type]


def test_two_systems_cannot_share_a_uri(session: Session) -> None:
    load(session, FRUIT)
    with pytest.raises(InvalidCodeSystem, match="already belongs to the system test-fruit"):
        load(session, version("1", key="test-berries"))


def test_the_head_follows_the_version(session: Session) -> None:
    load(session, FRUIT)
    load(session, version("2", name_sv="Frukter", provisional=True))
    view = get_system(session, "test-fruit")
    assert (view.name_sv, view.provisional, view.version, view.concepts) == ("Frukter", True, "2", 3)


def test_shipped_lists_load_once(session: Session) -> None:
    load_shipped(session)
    again = load_shipped(session)
    assert {(each.created, each.updated, each.retired) for each in again} == {(0, 0, 0)}
    assert get_concept(session, "care-service", "1505").concept.display_sv == "Barnmorskemottagning"


def test_shipped_lists_leave_a_regions_own_version_alone(session: Session) -> None:
    load_shipped(session)
    shipped = session.scalar(
        select(CodeSystemVersion)
        .join(CodeSystem)
        .where(CodeSystem.key == "unit-type", CodeSystemVersion.is_current)
    )
    assert shipped is not None
    assert shipped.loaded_by == SHIPPED_BY
    uri = get_system(session, "unit-type").uri
    load_code_system(session, version("own", key="unit-type", uri=uri), "region-14")
    assert "unit-type" not in {report.system for report in load_shipped(session)}
    assert get_system(session, "unit-type").version == "own"


ADD_TERM = "INSERT INTO concept_term (concept_id, language, term, kind) VALUES"
ADD_MAP = "INSERT INTO concept_map (source_concept_id, target_concept_id, relationship) VALUES"
BREAKS = {
    "ck_concept_display_sv": "UPDATE concept SET display_sv = ' ' WHERE id = :apple",
    "ck_concept_display_en": "UPDATE concept SET display_en = '' WHERE id = :apple",
    "ck_concept_parent": "UPDATE concept SET parent_id = id WHERE id = :apple",
    "fk_concept_code_system_id_parent_id": "UPDATE concept SET parent_id = :jam WHERE id = :apple",
    "ck_concept_map_not_self": f"{ADD_MAP} (:apple, :apple, 'related')",
    "ck_concept_map_relationship": f"{ADD_MAP} (:apple, :jam, 'like')",
    "uq_concept_term_concept_id_language_term": f"{ADD_TERM} (:apple, 'sv', 'äpplen', 'lay')",
    "ck_concept_term_kind": f"{ADD_TERM} (:apple, 'sv', 'x', 'odd')",
    "uq_code_system_version_current": (
        "INSERT INTO code_system_version"
        " (code_system_id, version, vintage, source, licence, digest, is_current, loaded_by)"
        " SELECT id, 'x', 'x', 'x', 'x', 'x', true, 'x' FROM code_system WHERE key = 'test-fruit'"
    ),
}


@pytest.mark.parametrize("constraint", BREAKS)
def test_the_database_refuses(session: Session, constraint: str) -> None:
    load(session, FRUIT)
    load(session, jam())
    chosen = select(Concept.code, Concept.id).where(Concept.code.in_(["apple", "plum-jam"]))
    ids = dict(session.execute(chosen).all())
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(text(BREAKS[constraint]), {"apple": ids["apple"], "jam": ids["plum-jam"]})
