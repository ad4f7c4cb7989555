"""The number on a printed form, by which the paper and what staff register from it belong together.

It is made up at random for each printing and kept nowhere: nothing about who prints leaves a trace. Its signs
cannot be mistaken for each other in handwriting, and the last one checks the others.
"""

import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7


def new_number() -> str:
    """A number such as `K7XM-4QTD`."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    whole = drawn + _check(drawn)
    return f"{whole[:4]}-{whole[4:]}"


def is_number(text: str) -> bool:
    """Whether this is such a number, as people write it: any case, with or without the line."""
    signs = text.replace("-", "").replace(" ", "").upper()
    if len(signs) != LENGTH + 1 or any(sign not in SIGNS for sign in signs):
        return False
    return _check(signs[:-1]) == signs[-1]


def _check(signs: str) -> str:
    """Weighted by place, each weight without a common factor with 30, so that one wrong sign always shows."""
    weights = (1, 7, 11, 13, 17, 19, 23)
    total = sum(weight * SIGNS.index(sign) for weight, sign in zip(weights, signs, strict=True))
    return SIGNS[-total % len(SIGNS)]
