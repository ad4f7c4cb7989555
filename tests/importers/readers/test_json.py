"""JSON and GeoJSON: arrays, wrapped arrays and lines, streamed."""

import json as standard
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.issues import FileRefused
from importers.readers import geojson, json
from importers.readers.rows import Limits

UNITS: list[dict[str, Any]] = [
    {
        "hsa_id": f"SE{n}",
        "name": "Åby “nya” ]},{[",
        "activities": [1502, "1504"],
        "listable": True,
        "city": None,
    }
    for n in range(1, 4)
]


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "units.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        standard.dumps(UNITS),
        standard.dumps(UNITS, indent=2, ensure_ascii=False),
        standard.dumps({"meta": {"made": {"by": "x"}}, "count": 3, "units": UNITS}),
        "\n".join(standard.dumps(unit) for unit in UNITS) + "\n",
        "\ufeff" + standard.dumps(UNITS),
    ],
)
def test_every_shape_gives_the_same_rows(tmp_path: Path, text: str) -> None:
    rows = list(json.read(write(tmp_path, text)))
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[2].fields == {
        "hsa_id": ["SE3"],
        "name": ["Åby “nya” ]},{["],
        "activities": ["1502", "1504"],
        "listable": ["true"],
    }


def test_many_elements_stream_through_the_window(tmp_path: Path) -> None:
    text = standard.dumps([{"n": n, "text": "x" * 500} for n in range(3000)])
    assert [row.first("n") for row in json.read(write(tmp_path, text))] == [str(n) for n in range(3000)]


def test_a_nested_value_rejects_its_row(tmp_path: Path) -> None:
    [row] = json.read(write(tmp_path, '[{"hsa_id": "SE1", "address": {"street": "A"}}]'))
    assert [(issue.code, issue.severity, issue.field) for issue in row.issues] == [
        ("nested-value", "error", "address")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{}", "ends before the array does"),
        ('[{"a": 1} {"b": 2}]', "a comma or the end"),
        ("[1]", "element 1 of the array is not an object"),
        ('[{"a": NaN}]', "NaN is not JSON"),
        ("[" * 100_000, "nested too deeply|cannot be read"),
        ('{"hsa_id": "SE1"}\n{"hsa_id": \n', "line 2: the line is not a whole JSON object"),
        ("{}\n[]\n", "line 2: the line is not a JSON object"),
        (b'[{"a": "\xf6"}]', "not valid UTF-8"),
        ('[{"a": ' + "9" * 5000 + "}]", "a number of thousands of digits"),
        ("[{}] x", "something follows the end"),
        ("[{}]" + " " * 300_000 + "[{}]", "something follows the end"),
    ],
)
def test_refusals(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        list(json.read(write(tmp_path, text)))


@pytest.mark.parametrize("form", ["[%s]", "%s", '{"units": [%s]}'])
def test_half_characters_become_replacement_characters(tmp_path: Path, form: str) -> None:
    text = form % r'{"hsa_id": "SE1", "na\ud800me": ["a\uDFFFb", "\ud83d\ude00"]}'
    [row] = json.read(write(tmp_path, text))
    assert row.fields == {"hsa_id": ["SE1"], "na\ufffdme": ["a\ufffdb", "\U0001f600"]}


def test_an_element_without_end_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, '[{"a": "' + "x" * 1_000_000)
    with pytest.raises(FileRefused, match="no element ends within 1000 characters"):
        list(json.read(path, Limits(item=1000)))


@given(cut=st.integers(min_value=1, max_value=len(standard.dumps(UNITS)) - 1))
def test_no_prefix_passes_for_a_whole_file(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = write(tmp_path_factory.mktemp("cut"), standard.dumps(UNITS)[:cut])
    with pytest.raises(FileRefused):
        list(json.read(path))


def test_features_keep_their_types(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"id": 180},
        "geometry": {"type": "Point", "coordinates": [18, 59]},
    }
    collection = {"type": "FeatureCollection", "crs": {"type": "name"}, "features": [feature, feature]}
    found = list(geojson.read(write(tmp_path, standard.dumps(collection))))
    assert [one.number for one in found] == [1, 2]
    assert found[0].properties == {"id": 180}
    assert found[0].geometry == {"type": "Point", "coordinates": [18, 59]}


def test_what_is_no_feature_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="element 1 is not a GeoJSON feature"):
        list(geojson.read(write(tmp_path, '{"type": "FeatureCollection", "features": [{"type": "Point"}]}')))
