"""The code systems that ship with the product, as definitions, from the compact lists beside this file."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from codes.definition import CodeSystemDefinition
from codes.rows import definition_from_rows

DATA = Path(__file__).resolve().parent / "data"


def shipped_code_systems() -> Iterator[CodeSystemDefinition]:
    """Every shipped system in loading order.

    The version carries the beginning of the digest, because the same version must be the same content and
    nobody remembers to raise a number for one more synonym.
    """
    for head in tomllib.loads((DATA / "systems.toml").read_text("utf-8"))["system"]:
        definition = definition_from_rows(
            head, _rows(DATA / f"{head['key']}.tsv"), _rows(DATA / f"{head['key']}.terms.tsv")
        )
        yield replace(definition, version=f"{definition.version}+{definition.digest()[:8]}")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
