"""The check digit that Swedish numbers share."""


def luhn_digit(digits: str) -> str:
    """The digit that completes `digits` (ASCII digits) by the Luhn algorithm, ISO/IEC 7812-1 annex B.

    For nine digits the weights are 2,1,2,1,2,1,2,1,2, as Skatteverket states them.
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 - position % 2)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return luhn_digit(digits[:-1]) == digits[-1]
