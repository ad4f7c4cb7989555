"""`hittavard token`: an access token for development."""

import argparse

from core.settings import settings
from listing.actor import STAFF, Purpose, Role


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `token`."""
    parser = subparsers.add_parser(
        "token",
        help="development only: print an access token for the API",
        description="Print an access token of the built-in development issuer, which a site in development"
        " trusts and one in production never does. For invented people only: a real personal identity number"
        " does not belong on a command line, where other programs and the shell's history can read it.",
    )
    parser.add_argument("--role", metavar="ROLE", required=True, type=_role, help=", ".join(Role))
    parser.add_argument("--region", metavar="CODE", help="two-digit county code; every role but resident")
    parser.add_argument("--unit", metavar="HSAID", help="the unit of the role unit")
    parser.add_argument(
        "--person", metavar="PNR", help="the role resident: an invented person's number, with a test number"
    )
    parser.add_argument("--purpose", metavar="PURPOSE", type=_purpose, help=", ".join(_PURPOSES))
    parser.add_argument("--protected", action="store_true", help="may see people with protected data")
    parser.add_argument("--hours", metavar="N", type=int, default=1, help="how long it lasts (default 1)")
    parser.set_defaults(usage_error=parser.error)


_PURPOSES = [purpose.value for purpose in Purpose if purpose is not Purpose.OWN_MATTER]


def run(args: argparse.Namespace) -> int:
    """Check that the parts fit the role, and print the token on a line of its own."""
    from codes.identifiers import HsaId, InvalidIdentifier, parse_person_id
    from core import clock
    from web.auth import development

    wrong = _unfit(args)
    if wrong:
        args.usage_error(wrong)
    try:
        person = parse_person_id(args.person, on=clock.today()) if args.person else None
        unit = HsaId.parse(args.unit, allow_test=True).value if args.unit else None
    except InvalidIdentifier as error:
        args.usage_error(error.detail)
    print(
        development.issue(
            settings(),
            args.role,
            region=args.region,
            unit=unit,
            person=person,
            purpose=args.purpose,
            protected=args.protected,
            hours=args.hours,
        )
    )
    return 0


def _unfit(args: argparse.Namespace) -> str | None:
    """What does not go with the role, in words; never a value that was given."""
    staff = args.role in STAFF
    region = args.region or ""
    sees = args.role in (Role.UNIT, Role.REGION, Role.SYSTEM)
    checks = {
        "a resident needs --person": not staff and not args.person,
        "only a resident has --person": staff and bool(args.person),
        "a resident has neither --region, --unit, --purpose nor --protected": not staff
        and bool(args.region or args.unit or args.purpose or args.protected),
        "the role needs --region with the two digits of a county": staff
        and not (len(region) == 2 and region.isascii() and region.isdigit()),
        "the role unit needs --unit": args.role is Role.UNIT and not args.unit,
        "the role never sees people, so --protected means nothing": staff and args.protected and not sees,
    }
    return next((words for words, holds in checks.items() if holds), None)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"the role is one of {', '.join(Role)}") from None


def _purpose(text: str) -> Purpose:
    if text not in _PURPOSES:
        raise argparse.ArgumentTypeError(f"the purpose is one of {', '.join(_PURPOSES)}")
    return Purpose(text)
