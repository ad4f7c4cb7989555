"""A policy as a plain JSON record, and back.

A record names only what the region has decided; what it leaves out is the default of the listing type, so a
region that decides nothing new follows the law. Keys are the names of the model, nested or with dots
(`{"queue": {"offer_days": 7}}` is `{"queue.offer_days": 7}`). The reading is strict: an unknown key, a value
of another type, a number out of bounds or parts that cannot both hold are problems, all told at once.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from listing.policy.checks import contradictions
from listing.policy.defaults import default_policy
from listing.policy.model import ListingType, Policy
from listing.policy.problems import PolicyProblem, Problems

Record = dict[str, Any]
_WRONG = object()
"""A value that has been told of; never part of a policy."""


@dataclass(frozen=True, slots=True)
class ParsedPolicy:
    """The policy, or None with at least one problem."""

    policy: Policy | None
    problems: tuple[PolicyProblem, ...] = ()


def from_record(record: Mapping[str, Any], listing_type: ListingType) -> ParsedPolicy:
    """Read a record over the defaults of the listing type."""
    problems = Problems()
    nested = _nested(record, problems)
    policy = _object(default_policy(listing_type), nested, "", problems)
    if problems:
        return ParsedPolicy(None, tuple(problems))
    problems.extend(contradictions(policy))
    return ParsedPolicy(None if problems else policy, tuple(problems))


def to_record(policy: Policy, base: Policy | None = None) -> Record:
    """All parameters as a nested record; with `base` only those that differ from it."""
    whole = _plain(policy)
    return _differences(whole, _plain(base)) if base else whole


def parameters() -> tuple[str, ...]:
    """The paths of all parameters, in the order of the model."""
    return tuple(
        f"{part.name}.{parameter.name}"
        for part in fields(Policy)
        for parameter in fields(_types(Policy)[part.name])
    )


def get(policy: Policy, path: str) -> Any:
    """The value of one parameter."""
    part, name = path.split(".")
    return getattr(getattr(policy, part), name)


def _nested(record: Mapping[str, Any], problems: Problems) -> Record:
    """The record without dots; the same parameter twice is a problem."""
    found: Record = {}
    for key, value in record.items():
        part, dot, name = str(key).partition(".")
        held = found.setdefault(part, {})
        given = {name: value} if dot else value
        if not isinstance(given, Mapping):
            problems.add(part, "not-an-object", value, f"{part} is a group; write its parameters under it")
            continue
        for inner, one in given.items():
            if inner in held:
                problems.add(f"{part}.{inner}", "given-twice", one, "the parameter stands twice; keep one")
            held[inner] = one
    return found


def _object(base: Any, given: Mapping[str, Any], path: str, problems: Problems) -> Any:
    """`base` with the given values in place of its own."""
    kind: type = type(base)
    types, known = _types(kind), {one.name: one for one in fields(base)}
    values: Record = {}
    for name, value in given.items():
        where = f"{path}.{name}" if path else name
        if name not in known:
            _unknown(where, name, list(known), value, problems)
        elif is_dataclass(types[name]):
            values[name] = _object(getattr(base, name), value, where, problems)
        else:
            values[name] = _value(types[name], known[name], value, where, problems)
    return base if problems else replace(base, **values)


def _unknown(where: str, name: str, known: list[str], value: object, problems: Problems) -> None:
    near = get_close_matches(str(name), known, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    problems.add(where, "unknown-parameter", value, f"there is no parameter of this name; {hint}")


def _value(kind: Any, one: Field[Any], value: Any, where: str, problems: Problems) -> Any:
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        kind = next(option for option in get_args(kind) if option is not NoneType)
    if value is None:
        problems.add(where, "value-missing", value, f"a value is needed; {_expected(kind, one)}")
        return _WRONG
    if get_origin(kind) is tuple:
        return _list(get_args(kind)[0], one, value, where, problems)
    if get_origin(kind) is Literal:
        return _word(get_args(kind), value, where, problems)
    if type(value) is not kind:
        problems.add(where, "wrong-type", value, _expected(kind, one))
        return _WRONG
    return _bounded(one, value, where, problems)


def _bounded(one: Field[Any], value: Any, where: str, problems: Problems) -> Any:
    bounds = one.metadata
    if isinstance(value, int) and "low" in bounds and not bounds["low"] <= value <= bounds["high"]:
        problems.add(where, "out-of-bounds", value, _expected(int, one))
        return _WRONG
    if isinstance(value, str) and ("\0" in value or len(value) > bounds.get("longest", len(value))):
        problems.add(where, "text-not-possible", value, f"write at most {bounds['longest']} characters")
        return _WRONG
    return value


def _word(words: tuple[str, ...], value: Any, where: str, problems: Problems) -> Any:
    if isinstance(value, str) and value in words:
        return value
    near = get_close_matches(str(value), words, 1, 0.7)
    hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(words)}"
    problems.add(where, "unknown-word", value, hint)
    return _WRONG


def _list(kind: Any, one: Field[Any], value: Any, where: str, problems: Problems) -> Any:
    if not isinstance(value, list | tuple):
        problems.add(where, "wrong-type", value, "write a list, empty for none")
        return _WRONG
    read = [_item(kind, one, item, f"{where}[{number}]", problems) for number, item in enumerate(value)]
    codes = [getattr(item, "code", item) for item in read]
    for number, code in enumerate(codes):
        if code is not _WRONG and code in codes[:number]:
            problems.add(f"{where}[{number}]", "repeated", code, "the word stands twice; keep one")
    return tuple(read)


def _item(kind: Any, one: Field[Any], item: Any, where: str, problems: Problems) -> Any:
    """A word, or an object that may be written as its code alone when the rest is as usual."""
    if not is_dataclass(kind):
        return _value(kind, one, item, where, problems)
    given = {"code": item} if isinstance(item, str) else item
    if not isinstance(given, Mapping) or "code" not in given:
        problems.add(where, "wrong-type", item, "write the code, or an object with code and what differs")
        return _WRONG
    found = Problems()
    usual = next((held for held in _default(one) if held.code == given["code"]), None)
    start = usual if usual is not None else _first(kind, given["code"], where, found)
    read = _object(start, given, where, found) if start is not _WRONG else _WRONG
    problems.extend(found)
    return _WRONG if found else read


def _first(kind: Any, code: Any, where: str, problems: Problems) -> Any:
    """An object with only its code, where the defaults have none with this code."""
    word = _word(get_args(_types(kind)["code"]), code, f"{where}.code", problems)
    return kind(word) if word is not _WRONG else _WRONG


def _default(one: Field[Any]) -> tuple[Any, ...]:
    return one.default if one.default is not MISSING else ()


def _expected(kind: Any, one: Field[Any]) -> str:
    if kind is bool:
        return "write true or false"
    if kind is int:
        low, high = one.metadata["low"], one.metadata["high"]
        return f"write a whole number from {low} to {high}"
    return "write a text" if kind is str else "write a value"


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _differences(whole: Record, base: Record) -> Record:
    found: Record = {}
    for name, value in whole.items():
        if isinstance(value, dict):
            if inner := _differences(value, base[name]):
                found[name] = inner
        elif value != base[name]:
            found[name] = value
    return found
