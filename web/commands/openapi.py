"""`hittavard openapi`: the OpenAPI document of the API."""

import argparse
from pathlib import Path


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `openapi`."""
    parser = subparsers.add_parser(
        "openapi", help="print the OpenAPI document of the API, or write it to a file"
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="default: standard output")


def run(args: argparse.Namespace) -> int:
    """Draw the document from the views themselves; needs no database."""
    text = rendered()
    if args.output:
        args.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def rendered() -> str:
    """The document as it stands in `docs/openapi.json`."""
    import json

    from web.api import openapi
    from web.app import create_app

    return json.dumps(openapi(create_app()), ensure_ascii=False, indent=2) + "\n"
