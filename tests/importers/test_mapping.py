"""Mapping files, shipped and a region's own, and the documented columns they lead to."""

import base64
from pathlib import Path

import pytest

from importers.columns import COLUMNS, UNIT_COLUMNS, column_for
from importers.issues import FileRefused
from importers.mapped import MappedFile, open_units
from importers.mapping import MappingInvalid, load_mapping, parse_mapping, shipped
from importers.readers import RawRow

SNAPSHOT = "\ufeffnamn;län;hsa;lank_1177;ort;postnr;adress;telefon;lat;long\r\n"


def opened(tmp_path: Path, content: str, mapping: str = "", encoding: str = "utf-8") -> MappedFile:
    path = tmp_path / "units.csv"
    path.write_bytes(content.encode(encoding))
    if not mapping:
        return open_units(path)
    described = tmp_path / "region.toml"
    described.write_text(mapping, encoding="utf-8")
    return open_units(path, mapping=load_mapping(described))


def rows(tmp_path: Path, content: str, mapping: str = "", encoding: str = "utf-8") -> list[RawRow]:
    return list(opened(tmp_path, content, mapping, encoding).rows)


def test_documented_columns_need_no_mapping(tmp_path: Path) -> None:
    text = "HSA-id,Name,activities,Long,description\nSE1,A,1502|1504 | ,11.9,a|b\n"
    file = opened(tmp_path, text)
    assert file.mapping is None
    assert next(file.rows).fields == {
        "hsa_id": ["SE1"],
        "name": ["A"],
        "activities": ["1502", "1504"],
        "lon": ["11.9"],
        "description": ["a|b"],
    }


def test_snapshots_are_recognised_and_quirks_mended(tmp_path: Path) -> None:
    text = (
        SNAPSHOT
        + "Alepraktiken, Nödinge;007;SE1;https://www.1177.se/x;Ale;00000;Klockarevägen 14;;57.9;12.0\r\n"
    )
    file = opened(tmp_path, text)
    assert file.mapping is not None
    assert file.mapping.name == "hitta-vard-snapshot"
    assert file.merge_rows
    assert file.issues == ()
    [row] = file.rows
    assert row.fields == {
        "name": ["Alepraktiken, Nödinge"],
        "region": ["07"],
        "hsa_id": ["SE1"],
        "city": ["Ale"],
        "address": ["Klockarevägen 14"],
        "lat": ["57.9"],
        "lon": ["12.0"],
        "coordinate_system": ["WGS84"],
    }


def test_ldif_uses_hsa_names_old_and_new_and_leaves_people_out(tmp_path: Path) -> None:
    name = base64.b64encode("Åby".encode()).decode()
    path = tmp_path / "units.ldif"
    path.write_text(
        f"dn: ou=A\nobjectClass: organizationalUnit\nobjectClass: hsaHealthCareUnit\nou:: {name}\n"
        "hsaIdentity: SE1\nhsaBusinessClassificationCode: 1502\nhsaBusinessClassificationCode: 1504\n"
        "hsaEndDate: 20101231230000Z\nhsaStartDate: 20090930220000Z\nvgrTempInfo: 20100617-20100827 a|b\n\n"
        "dn: cn=Someone\nobjectClass: hsaPerson\nhsaIdentity: SE2\n\n"
        "dn: ou=Test\nobjectClass: organizationalUnit\nhsaFeignedObject: TRUE\nhsaIdentity: SE3\n\n",
        encoding="utf-8",
    )
    file = open_units(path)
    [row] = file.rows
    assert row.fields == {
        "hsa_id": ["SE1"],
        "kind": ["care_unit"],
        "name": ["Åby"],
        "activities": ["1502", "1504"],
        "publish_from": ["2009-10-01"],
        "publish_to": ["2010-12-31"],
        "notice": ["20100617-20100827 a|b"],
    }
    assert len(file.skipped) == 2


REGION = """
name = "region"
encoding = "cp1252"
date_format = "%d/%m/%Y"
ignore = ["anteckning"]
[columns]
"Enhet" = "name"
HSAID = "hsa_id"
"Visas t.o.m." = "publish_to"
[columns.Drift]
to = "ownership"
values = { "Egen regi" = "1" }
unmapped = "drop"
[columns.Plats]
pattern = '^(?P<street>[^,]+), (?P<city>.+)$'
[constants]
region = "07"
"""


def test_a_regions_own_columns(tmp_path: Path) -> None:
    text = (
        "Enhet\tHSAID\tVisas t.o.m.\tDrift\tPlats\tAnteckning\n"
        "Åby\tSE1\t31/12/2025\tEGEN REGI\tStorgatan 1, Växjö\tx\nB\tSE2\t\tokänd\tbara text\t\n"
    )
    first, second = rows(tmp_path, text, REGION, "cp1252")
    assert first.fields == {
        "name": ["Åby"],
        "hsa_id": ["SE1"],
        "publish_to": ["2025-12-31"],
        "ownership": ["1"],
        "street": ["Storgatan 1"],
        "city": ["Växjö"],
        "region": ["07"],
    }
    assert second.fields == {"name": ["B"], "hsa_id": ["SE2"], "region": ["07"]}
    assert [(issue.code, issue.field) for issue in second.issues] == [("pattern", "plats")]


def test_a_missing_column_is_named_with_the_near_miss(tmp_path: Path) -> None:
    with pytest.raises(
        FileRefused, match=r"required column name \(is it “namee”\?\) is missing; .*hsa_id, namee"
    ):
        opened(tmp_path, "hsa_id;namee\nSE1;A\n")
    with pytest.raises(
        FileRefused, match=r"required columns hsa_id \(hsaid\) and name \(enhet\) are missing"
    ):
        opened(tmp_path, "id;x\n1;A\n", REGION)
    with pytest.raises(FileRefused, match="the mapping hsa-ldif is for ldif, not csv"):
        open_units(tmp_path / "units.csv", mapping=shipped()["hsa-ldif"])


def test_an_unknown_column_is_told_once_for_the_file(tmp_path: Path) -> None:
    file = opened(tmp_path, "hsa_id;name;websit\nSE1;A;B\n")
    assert [(issue.code, issue.row, issue.field) for issue in file.issues] == [
        ("unknown-column", None, "websit")
    ]
    assert "did you mean “website”?" in file.issues[0].message
    assert len(list(file.rows)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns]\nx = 'nam'\n", "no column “nam”; did you mean “name”"),
        ("delimeter = ';'\n", "no setting “delimeter”; did you mean “delimiter”"),
        ("delimiter = ';;'\n", "delimiter must be one character"),
        ("encoding = 'klingon'\n", "the encoding klingon is not known"),
        ("header_row = 0\n", "header_row must be a whole number from 1"),
        ("merge_rows = 'yes'\n", "merge_rows must be true or false"),
        ("formats = ['xls']\n", "no format “xls”; did you mean “xlsx”"),
        ("extends = 'hsa'\n", "no mapping to extend “hsa”"),
        ("columns = 3\n", r"\[columns\] must be a table"),
        ("[columns.x]\nto = ['name']\n", "there is no column"),
        ("[columns.x]\nto = 'name'\ntransform = 'uper'\n", "did you mean “upper”"),
        ("[columns.x]\nto = 'name'\ntransform = 3\n", "must be the name of a transform"),
        ("[columns.x]\nto = 'name'\nunmapped = 'hide'\n", "must be keep or drop"),
        ("[columns.x]\nto = 'name'\nvalues = [1]\n", "must be a table of texts"),
        ("[columns.x]\npattern = '('\n", "not a regular expression"),
        ("[columns.x]\npattern = 'a'\n", "no named group"),
        ("[columns.x]\npattern = '(?P<town>a)'\n", "no group of columns.x.pattern “town”"),
        ("[constants]\nregio = '1'\n", "did you mean “region”"),
        ("[skip]\nx = 'a'\n", "skip.x must be a list of texts"),
        ("name = \n", "this is not TOML"),
    ],
)
def test_faults_are_told_with_their_cure(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(MappingInvalid, match=message):
        load_mapping(path)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(MappingInvalid, match=r"mine: .*header_row.*; .*“nam”"):
        parse_mapping({"header_row": 0, "columns": {"x": "nam"}}, "mine")


def test_a_mapping_may_extend_a_shipped_one() -> None:
    mapping = parse_mapping({"extends": "hsa-ldif", "columns": {"vgrVardval": "listing_status"}}, "mine.toml")
    assert mapping.name == "mine"
    assert mapping.rules["ou"].to == "name"
    assert mapping.rules["vgrvardval"].to == "listing_status"
    assert mapping.skip


def test_shipped_mappings_are_sound() -> None:
    assert set(shipped()) == {"hitta-vard-snapshot", "hsa-ldif"}
    for mapping in shipped().values():
        assert {"hsa_id", "name"} <= mapping.targets() <= set(COLUMNS)
        assert not mapping.detect - set(mapping.rules) - mapping.ignore


def test_columns_are_found_under_every_spelling() -> None:
    assert len({column.name for column in UNIT_COLUMNS}) == len(UNIT_COLUMNS)
    for heading, name in (("hsaId", "hsa_id"), ("HSA-id", "hsa_id"), ("Northing", "x"), ("longitude", "lon")):
        column = column_for(heading)
        assert column is not None
        assert column.name == name
    assert column_for("namn") is None
