"""Drift guards: imports run downward, rooms know only what they should, nothing is tied to one machine."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT

LAYERS = ["core", "codes", "directory", "listing", "importers", "web"]
WEB_LIBRARIES = {"flask", "flask_smorest", "flask_babel", "werkzeug", "marshmallow", "jinja2", "gunicorn"}
FILE_LIBRARIES = {"openpyxl", "csv", "lxml"}
PURE_ROOMS_MAY_NOT = {"sqlalchemy", "geoalchemy2", "psycopg", "flask", "os", "requests"}


def _imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name of what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _offences(folder: str, forbidden: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in _imports(path)
        if name.split(".")[0] in forbidden
    ]


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_downward_only(layer: str) -> None:
    above = {*LAYERS[LAYERS.index(layer) + 1 :], "tests", "bench", "scripts"}
    assert _offences(layer, above) == []


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_only_web_knows_http(layer: str) -> None:
    assert _offences(layer, WEB_LIBRARIES) == []


@pytest.mark.parametrize("layer", ["core", "directory", "listing"])
def test_only_importers_know_file_formats(layer: str) -> None:
    # The lists that ship with the product are our own format, read by modules of this name.
    assert [found for found in _offences(layer, FILE_LIBRARIES) if "/shipped.py " not in found] == []


def _room(name: str) -> list[Path]:
    """Every `name.py`, and every module of a folder `name`, in the domain packages."""
    found: list[Path] = []
    for layer in ("codes", "directory", "listing"):
        found += (ROOT / layer).rglob(f"{name}.py")
        found += (
            path for folder in (ROOT / layer).rglob(name) if folder.is_dir() for path in folder.rglob("*.py")
        )
    return sorted(found)


def test_rules_are_pure() -> None:
    rooms = _room("rules")
    assert rooms
    offences = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in rooms
        for name in _imports(path)
        if name.split(".")[0] in PURE_ROOMS_MAY_NOT or name.startswith(("core.clock", "core.database"))
    ]
    assert offences == []


def test_services_and_queries_leave_the_commit_to_the_caller() -> None:
    rooms = [*_room("services"), *_room("queries")]
    assert rooms
    offences = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in rooms
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert offences == []


def _tracked_text() -> Iterator[tuple[str, str]]:
    """Every text file that belongs to the tree: committed, or new and not ignored."""
    # A checkout that belongs to another account than ours is as good as any: we only read.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(filter(None, names.split("\0"))):
        path = ROOT / name
        if path.is_file() and "vendor" not in path.parts and path.stat().st_size < 2_000_000:
            content = path.read_bytes()
            if b"\0" not in content[:4096]:
                yield name, content.decode("utf-8", "replace")


def test_nothing_is_tied_to_one_machine() -> None:
    """No path into somebody's home or work folder, and not the folder that this very tree lies in."""
    homes = re.compile(r"(?<![\w.:/~-])/(?:home|root|Users|work|mnt|media)/[\w.-]+")
    offences = [
        f"{name}: {found}"
        for name, content in _tracked_text()
        for found in {*homes.findall(content), *([str(ROOT)] if f"{ROOT}/" in content else [])}
    ]
    assert offences == []


def test_nothing_is_left_half_done() -> None:
    unfinished = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|raise NotImplemented" + r"Error)\b")
    offences = [
        f"{name}: {word}" for name, content in _tracked_text() for word in unfinished.findall(content)
    ]
    assert offences == []


def test_every_command_of_make_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z]+):(.*)$", makefile, re.MULTILINE)
    assert {"help", "run", "test", "bench", "lint", "format", "clean"} <= {name for name, _ in targets}
    assert [name for name, rest in targets if "## " not in rest] == []


def test_every_command_module_is_on_the_command_line() -> None:
    from web.commands import MODULES

    files = {path.stem for path in (ROOT / "web" / "commands").glob("*.py")} - {"__init__"}
    assert files <= set(MODULES)
