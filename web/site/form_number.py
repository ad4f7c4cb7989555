"""The number on a printed form, by which the paper and what staff register from it belong together.

It is made up at random for each printing and kept nowhere: nothing about who prints leaves a trace. What it
looks like and how staff's writing of it is checked stands in `listing.rules.forms`.
"""

import secrets

from listing.rules.forms import LENGTH, SIGNS, check_sign, number_of, written


def new_number() -> str:
    """A number such as `K7XM-4QTR`; never of digits alone, which a region's own references may be."""
    whole = ""
    while number_of(whole) is None:
        drawn = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
        whole = drawn + check_sign(drawn)
    return written(whole)
