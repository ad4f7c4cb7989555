"""Build the shipped geography under `directory/data/geography` from openly licensed source files.

    python -m scripts.build_geography --counties counties.csv --municipalities municipalities.csv \
        --postal-to-municipality postal_to_municipality.csv --geonames geonames-postal-codes.txt \
        --localities localities.csv --land countries-10m.json --official municipalities.geojson

`--official` is only looked at: its polygons tell which stated municipalities are wrong and how well the
derived outlines fit. Nothing of it is written. Sources and licences are in `sources.toml` beside the data.
"""

import argparse
import csv
import json
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from scripts.geography_outlines import Place, feature, land_of_sweden, metres, outlines

OUT = Path(__file__).resolve().parent.parent / "directory" / "data" / "geography"

# Municipality names as the locality source misspells them, and postal cities as GeoNames does.
MUNICIPALITY_SPELLINGS = {
    "Falu": "Falun",
    "Grum": "Grums",
    "Skinnskattebergs k.": "Skinnskatteberg",
    "Torså": "Torsås",
    "Tranå": "Tranås",
}
CITY_SPELLINGS = {
    "Asperöd": "Äsperöd",
    "Bruseryd": "Burseryd",
    "Bräkne Hoby": "Bräkne-Hoby",
    "Bällinge": "Bälinge",
    "Fasta": "Farsta",
    "Fägelmara": "Fågelmara",
    "Glemmingbro": "Glemmingebro",
    "Grimetom": "Grimeton",
    "Hala-Floda": "Dala-Floda",
    "Hamburgsung": "Hamburgsund",
    "Höor": "Höör",
    "Järfalla": "Järfälla",
    "Klagerup": "Klågerup",
    "Kristiansstad": "Kristianstad",
    "Lindhem": "Linghem",
    "Lindingö": "Lidingö",
    "Malmø": "Malmö",
    "Molkum": "Molkom",
    "Morud": "Morup",
    "Munka-ljungby": "Munka-Ljungby",
    "Norrtalje": "Norrtälje",
    "Saltsjö-boo": "Saltsjö-Boo",
    "Skärmholmen": "Skärholmen",
    "Stenstavik": "Svenstavik",
    "Stockholm-globen": "Stockholm-Globen",
    "Torna-häkkestad": "Torna-Hällestad",
    "Torpshammer": "Torpshammar",
    "Töckfors": "Töcksfors",
    "Valläkra": "Vallåkra",
    "Vaxjö": "Växjö",
    "Veddinge": "Veddige",
    "ödakra": "Ödåkra",
    "Ôckerø": "Öckerö",
}
MOVED = {"1917": "0331"}  # Heby left Västmanland for Uppsala in 2007
CITIES_WITH_DISTRICTS = {"0180", "1280", "1480"}
BOUNDARY_M = 250.0  # the official polygons are simplified, and positions are those of places
COAST_M = 2_000.0  # a harbour or an islet lies outside a simplified coast


class Official:
    """The polygons that points are checked against, in metres (SWEREF 99 TM)."""

    def __init__(self, path: Path) -> None:
        features = json.loads(path.read_text("utf-8"))["features"]
        self.codes = [feature["properties"]["id"] for feature in features]
        self.polygons = [shapely.make_valid(metres(shape(feature["geometry"]))) for feature in features]
        self.by_code = dict(zip(self.codes, self.polygons, strict=True))
        self.tree = shapely.STRtree(self.polygons)

    def fits(self, place: Place) -> bool:
        """Whether the place lies in its municipality, or so near that the outline may be what is off."""
        point = metres(Point(place.lon, place.lat))
        polygon = self.by_code.get(place.municipality)
        if polygon is None:
            return False
        on_land = len(self.tree.query(point, predicate="intersects")) > 0
        return bool(polygon.distance(point) <= (BOUNDARY_M if on_land else COAST_M))


def say(line: str) -> None:
    """One line for the person who builds."""
    sys.stdout.write(line + "\n")


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def write(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a shipped CSV file."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


# --- postal codes -----------------------------------------------------------------------------------


def tidy_city(name: str) -> str:
    """The postal city as it is written: some source rows shout, some whisper, some are misspelt."""
    name = name.strip()
    name = CITY_SPELLINGS.get(name, name.capitalize() if name.isupper() else name)
    return (name[0].upper() + name[1:]).translate(str.maketrans("ÂÔ", "ÄÖ"))


def geonames_rows(path: Path) -> dict[str, Place]:
    """Postal code -> place, from GeoNames' tab-separated file."""
    rows = {}
    for line in path.read_text("utf-8").splitlines():
        cells = line.split("\t")
        code = MOVED.get(cells[6], cells[6])
        rows[cells[1].replace(" ", "")] = Place(tidy_city(cells[2]), code, float(cells[9]), float(cells[10]))
    return rows


def settle_postal(rows: dict[str, Place], second: dict[str, str], official: Official) -> dict[str, Place]:
    """Give every postal code the municipality that its two sources and its position agree best on.

    A code that neither source places gets the municipality of the other codes of the same place. What
    is returned may still lie outside its municipality: then the position is what is wrong.
    """
    settled = {}
    for code, place in rows.items():
        stated = [value for value in (place.municipality, second.get(code, "")) if value]
        options = [replace(place, municipality=value) for value in stated]
        settled[code] = next((option for option in options if official.fits(option)), (options or [place])[0])
    votes: dict[tuple[str, float, float], Counter[str]] = defaultdict(Counter)
    for place in settled.values():
        if place.municipality:
            votes[place.name, place.lat, place.lon][place.municipality] += 1
    for code, place in settled.items():
        counted = votes.get((place.name, place.lat, place.lon))
        if not place.municipality and counted:
            settled[code] = replace(place, municipality=counted.most_common(1)[0][0])
    return settled


# --- localities -------------------------------------------------------------------------------------


def locality_rows(path: Path, codes: dict[str, str]) -> list[Place]:
    """The locality source's rows with a municipality code instead of a (repaired) name."""
    return [
        Place(
            row["Locality"].split("/")[0].strip(),
            codes[MUNICIPALITY_SPELLINGS.get(row["Municipality"], row["Municipality"])],
            float(row["Latitude"]),
            float(row["Longitude"]),
        )
        for row in read(path)
    ]


def merge_places(first: Iterable[Place], then: Iterable[Place]) -> dict[tuple[str, str], Place]:
    """One place per name and municipality, hyphens and letter case aside: the first source wins."""
    merged: dict[tuple[str, str], Place] = {}
    for place in (*first, *then):
        merged.setdefault((place.name.casefold().replace("-", " "), place.municipality), place)
    return {(place.name, place.municipality): place for place in merged.values()}


# --- outlines ----------------------------------------------------------------------------------------


def write_outlines(features: list[dict[str, Any]]) -> int:
    """Write the outlines, one feature on each line, and return the size in bytes."""
    head = '{"type":"FeatureCollection","precision":"approximate","features":[\n'
    lines = [json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features]
    text = head + ",\n".join(lines) + "\n]}\n"
    (OUT / "outlines.geojson").write_text(text, "utf-8")
    return len(text.encode())


# --- the whole --------------------------------------------------------------------------------------


def seat_of(code: str, name: str, own: dict[str, Any], places: dict[tuple[str, str], Place]) -> Place:
    """The main locality's place: the one named by hand, else the one with the municipality's name."""
    seat = own.get(code, {}).get("seat") or name
    if (seat, code) not in places:
        raise SystemExit(f"no place for {seat}, the seat of {code}: add it to own_places.csv")
    return places[seat, code]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name in ("counties", "municipalities", "postal-to-municipality", "geonames", "localities"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--land", type=Path, required=True, help="Natural Earth 10m countries, TopoJSON")
    parser.add_argument("--official", type=Path, required=True, help="polygons to check against, GeoJSON")
    parser.add_argument("--tolerance", type=float, default=500.0, help="simplification, metres")
    return parser.parse_args()


def main() -> None:
    """Read, settle, check, write, and say how well it went."""
    args = arguments()
    official = Official(args.official)
    own = {row["code"]: row for row in read(OUT / "own_names.csv")}
    counties = {row["county_code"]: row for row in read(args.counties)}
    municipalities = {row["municipality_code"]: row for row in read(args.municipalities)}
    codes = {row["municipality_name_short"]: code for code, row in municipalities.items()}

    second = {row["postal_code"]: row["municipality_code"] for row in read(args.postal_to_municipality)}
    postal = settle_postal(geonames_rows(args.geonames), second, official)
    stated = locality_rows(args.localities, codes)
    good = [place for place in stated if official.fits(place)]
    postal_places = [place for place in postal.values() if place.municipality and official.fits(place)]
    places = merge_places(good, postal_places)
    handmade = [
        Place(row["name"], row["municipality_code"], float(row["lat"]), float(row["lon"]))
        for row in read(OUT / "own_places.csv")
    ]
    for place in handmade:
        if not official.fits(place):
            raise SystemExit(f"own_places.csv: {place.name} is not in {place.municipality}")
    say(f"localities: {len(stated)} read, {len(stated) - len(good)} misplaced, {len(places)} kept")

    known = places | {(place.name, place.municipality): place for place in handmade}
    write_names(counties, municipalities, own, known)
    own_keys = {(place.name, place.municipality) for place in handmade}
    write_localities(places, good, own_keys)
    write_postal(postal, known, official, own, municipalities)

    seeds = list({(p.lat, p.lon): p for p in (*places.values(), *postal_places, *handmade)}.values())
    land = land_of_sweden(args.land)
    drawn, shapes = outlines(seeds, land, args.tolerance)
    names = {code: row["municipality_name_short"] for code, row in municipalities.items()}
    size = write_outlines([feature(c, names[c], g) for c, g in zip(drawn, shapes, strict=True)])
    overlap = sorted(agreement(official, drawn, shapes, land))
    say(f"outlines: {len(drawn)}, {size} bytes, missing {sorted(set(municipalities) - set(drawn))}")
    middle = statistics.median(value for value, _ in overlap)
    say(f"overlap with the official polygons on land: median {middle:.2f}")
    say(f"worst: {[(names[code], round(value, 2)) for value, code in overlap[:12]]}")


def agreement(
    official: Official, codes: list[str], shapes: list[BaseGeometry], land: BaseGeometry
) -> list[tuple[float, str]]:
    """Intersection over union of each outline with the official polygon's land (it holds sea as well)."""
    found = []
    for code, outline in zip(codes, shapes, strict=True):
        mine = shapely.make_valid(metres(outline))
        theirs = official.by_code[code].intersection(land.union(mine))
        found.append((mine.intersection(theirs).area / mine.union(theirs).area, code))
    return found


def write_names(
    counties: dict[str, dict[str, str]],
    municipalities: dict[str, dict[str, str]],
    own: dict[str, dict[str, str]],
    places: dict[tuple[str, str], Place],
) -> None:
    """Regions and municipalities with the hand-made names, aliases and seats."""
    write(
        "regions.csv",
        ("code", "name", "short_name", "county_name", "name_en", "organisation_number", "aliases"),
        (
            (
                code,
                own[code]["name"],
                row["county_name_short"],
                row["county_name"],
                own[code]["name_en"],
                own[code]["organisation_number"],
                own[code]["aliases"],
            )
            for code, row in sorted(counties.items())
        ),
    )
    rows = []
    for code, row in sorted(municipalities.items()):
        name = row["municipality_name_short"]
        seat = seat_of(code, name, own, places)
        mine = own.get(code, {})
        aliases, english = mine.get("aliases") or "", mine.get("name_en") or name
        full = row["municipality_name"]
        rows.append((code, name, full, english, row["county_code"], seat.name, aliases, seat.lat, seat.lon))
    header = ("code", "name", "full_name", "name_en", "region_code", "seat", "aliases", "lat", "lon")
    write("municipalities.csv", header, rows)


def write_localities(
    places: dict[tuple[str, str], Place], good: list[Place], own_keys: set[tuple[str, str]]
) -> None:
    """Localities and, in the three big cities, postal districts; each row says which source it is from."""
    listed = {(place.name, place.municipality) for place in good}
    rows = []
    for key, place in sorted(places.items(), key=lambda item: (item[0][1], item[0][0])):
        if key in own_keys:
            continue
        source = "svenska-stader" if key in listed else "geonames"
        district = place.municipality in CITIES_WITH_DISTRICTS and source == "geonames"
        kind = "district" if district and place.name not in ("Stockholm", "Malmö", "Göteborg") else "locality"
        rows.append((place.name, place.municipality, kind, f"{place.lat:.4f}", f"{place.lon:.4f}", source))
    write("localities.csv", ("name", "municipality_code", "kind", "lat", "lon", "source"), rows)


def write_postal(
    postal: dict[str, Place],
    places: dict[tuple[str, str], Place],
    official: Official,
    own: dict[str, dict[str, str]],
    municipalities: dict[str, dict[str, str]],
) -> None:
    """One row per postal place with all its codes: a tenth of the size of one row per code.

    A position outside the municipality is replaced by that of the place of the same name, else of the
    municipality's seat when the postal city bears the municipality's name, else left empty.
    """
    grouped: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    outside = 0
    for code, place in sorted(postal.items()):
        best: Place | None = place
        if place.municipality and not official.fits(place):
            outside += 1
            name = municipalities[place.municipality]["municipality_name_short"]
            best = places.get((place.name, place.municipality))
            if best is None and place.name == name:
                best = seat_of(place.municipality, name, own, places)
        lat, lon = (f"{best.lat:.4f}", f"{best.lon:.4f}") if best else ("", "")
        grouped[place.name, place.municipality, lat, lon].append(code)
    rows = ((*key, " ".join(codes)) for key, codes in sorted(grouped.items()))
    write("postal_codes.csv", ("city", "municipality_code", "lat", "lon", "codes"), rows)
    lost = sum(not place.municipality for place in postal.values())
    say(f"postal codes: {len(postal)}, {outside} with another position, {lost} without municipality")


if __name__ == "__main__":
    main()
