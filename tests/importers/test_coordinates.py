"""Positions: true to the published control points, detected, repaired only when there is no doubt."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from importers.coordinates import (
    Position,
    System,
    from_wgs84,
    known_system,
    number,
    read_columns,
    read_pair,
    read_pairs,
    read_text,
)

GRS80 = Geod(ellps="GRS80")

# Lantmäteriet's control points: RT 90 2.5 gon V, SWEREF 99 TM, and SWEREF 99 degrees, minutes, seconds.
CONTROL = [
    (7453389.762, 1727060.905, 7454204.638, 761811.242, (67, 5, 26.452769), (21, 2, 5.101575)),
    (7047738.415, 1522128.637, 7046077.605, 562140.337, (63, 32, 14.761735), (16, 14, 59.594626)),
    (6671665.273, 1441843.186, 6669189.376, 486557.055, (60, 9, 33.882413), (14, 45, 28.167152)),
    (6249111.351, 1380573.079, 6246136.458, 430374.835, (56, 21, 17.199245), (13, 52, 23.754022)),
]


def degrees(parts: tuple[int, int, float]) -> float:
    return parts[0] + parts[1] / 60 + parts[2] / 3600


def metres(position: Position, lat: float, lon: float) -> float:
    return float(GRS80.inv(position.lon, position.lat, lon, lat)[2])


@pytest.mark.parametrize("point", CONTROL)
def test_control_points_to_the_millimetre(point: tuple[float, ...]) -> None:
    x, y, north, east, lat, lon = point
    for pair in ((x, y), (north, east)):
        reading = read_pair(*pair)
        assert reading.position is not None
        assert metres(reading.position, degrees(lat), degrees(lon)) < 0.002  # type: ignore[arg-type]
        assert not reading.troubles


def test_agrees_with_the_seven_parameter_transformation_within_a_decimetre() -> None:
    there = Transformer.from_crs(4326, 3021, always_xy=True)
    truth = [(55.5 + step * 0.13, 12.5 + step * 0.09) for step in range(90)]
    pairs = [there.transform(lon, lat)[::-1] for lat, lon in truth]
    errors = [
        metres(reading.position, lat, lon)
        for reading, (lat, lon) in zip(read_pairs(pairs, "rt90"), truth, strict=True)
        if reading.position
    ]
    assert len(errors) == len(truth)
    assert statistics.median(errors) < 0.1


# The outermost places of the country, and some between.
EDGES = [
    (55.34, 13.36),
    (58.87, 11.02),
    (57.95, 19.33),
    (61.88, 12.47),
    (65.83, 24.13),
    (69.05, 20.54),
    (59.3, 18.1),
]
INSIDE = st.sampled_from(EDGES).flatmap(
    lambda edge: st.tuples(
        st.floats(edge[0] - 0.005, edge[0] + 0.005), st.floats(edge[1] - 0.005, edge[1] + 0.005)
    )
)


@given(place=INSIDE, system=st.sampled_from(["rt90", "sweref99tm", "wgs84"]), swapped=st.booleans())
def test_every_system_is_detected_and_every_swap_undone(
    place: tuple[float, float], system: System, swapped: bool
) -> None:
    [(northing, easting)] = from_wgs84(system, [place[0]], [place[1]])
    pair = (easting, northing) if swapped else (northing, easting)
    for reading in (read_pair(*pair), read_pair(*pair, system), *read_pairs([pair])):
        assert reading.position is not None
        assert reading.position.system == system
        assert metres(reading.position, *place) < 0.001
        assert [trouble.code for trouble in reading.troubles] == ["coordinates-swapped"] * swapped


@pytest.mark.parametrize(
    "text",
    [
        "X: 6407478, Y: 1268655",
        "X:6407478,Y:1268655",
        "x=6407478 y=1268655",
        "6407478, 1268655",
        "6407478;1268655",
        "6 407 478, 1 268 655",
        "X: 6407478,0, Y: 1268655,0",
        "Y: 1268655, X: 6407478",
    ],
)
def test_rt90_as_catalogues_write_it(text: str) -> None:
    reading = read_text(text)
    assert reading.position is not None
    assert reading.position.system == "rt90"
    assert metres(reading.position, 57.732329233, 11.920590323) < 0.001
    assert not reading.troubles


@pytest.mark.parametrize(
    "text",
    [
        "57.7, 11.9",
        "57,7 11,9",
        "57,7;11,9",
        "57.7,11.9",
        "lat 57,7 long 11,9",
        "POINT(11.9 57.7)",
        "N57.7 E11.9",
    ],
)
def test_degrees_as_people_write_them(text: str) -> None:
    assert read_text(text).position == Position(57.7, 11.9, "wgs84")


def test_sweref99tm_labels() -> None:
    reading = read_text("N:6477155,E:536352")
    assert reading.position is not None
    assert reading.position.system == "sweref99tm"


@pytest.mark.parametrize(
    ("northing", "easting", "declared", "code"),
    [
        (0.0, 0.0, None, "coordinates-zero"),
        (48.85, 2.35, None, "coordinates-outside"),
        (6407478.0, 126865.0, None, "coordinates-outside"),
        (6407478.0, 1268655.0, "sweref99tm", "coordinates-other-system"),
        (1268655.0, 6407478.0, "wgs84", "coordinates-other-system"),
        (float("1e400"), 11.9, None, "coordinates-outside"),
        (float("nan"), 11.9, None, "coordinates-outside"),
    ],
)
def test_doubtful_positions_are_not_used(
    northing: float, easting: float, declared: System | None, code: str
) -> None:
    for reading in (read_pair(northing, easting, declared), *read_pairs([(northing, easting)], declared)):
        assert reading.position is None
        assert [trouble.code for trouble in reading.troubles] == [code]


@pytest.mark.parametrize("text", ["abc", "57.7", "X: , Y:", "X: 6407478 Y:", "1 2 3 4 5", "X: 1 X: 2"])
def test_unreadable_text_is_told(text: str) -> None:
    reading = read_text(text)
    assert reading.position is None
    assert [trouble.code for trouble in reading.troubles] == ["coordinates-unreadable"]


def test_columns_and_empty_cells() -> None:
    assert read_columns("58,3479", "11,9507").position == Position(58.3479, 11.9507, "wgs84")
    assert read_columns(" ", "").position is None
    assert read_columns(" ", "").troubles == ()
    assert read_text("  ").troubles == ()
    assert [trouble.message for trouble in read_columns("58,3", "").troubles] == [
        "the second of the two coordinates is missing or is not a number"
    ]


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_told(text: str) -> None:
    reading = read_text(text)
    assert reading.position is not None or reading.troubles or not text.strip()
    number(text)


def test_declared_names() -> None:
    assert [
        known_system(name) for name in ("RT90 2,5 gon V", "SWEREF 99 TM", "EPSG:4326", "WGS 84", "", None)
    ] == [
        "rt90",
        "sweref99tm",
        "wgs84",
        "wgs84",
        None,
        None,
    ]
