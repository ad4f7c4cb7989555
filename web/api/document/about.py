"""What the API says of itself as a whole."""

VERSION = "1.0.0"
RELEASED = "2026-11-20"
STATUS = "active"
PREFIX = "/api/v1"
PROBLEM = "application/problem+json"

INFO = {
    "description": (
        "Care units in Sweden: search by words, place, position and time; cards; history; code systems.\n\n"
        "Vårdenheter i Sverige: sök med ord, plats, position och tid; kort; historik; kodverk.\n\n"
        "Labels are in Swedish, or in English with `Accept-Language: en`. Times are RFC 3339 in UTC.\n\n"
        "Limitations (begränsningar): see `x-limitations`."
    ),
    "contact": {
        "name": "Hitta vård",
        "url": "https://hittavard.example.se",
        "email": "api@hittavard.example.se",
    },
    "license": {"name": "CC0-1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "x-sla": {
        "availability": "Set by whoever runs the service.",
        "responseTime": "95 % of answers within 150 ms on the reference machine.",
        "support": "By the contact above.",
    },
    "x-limitations": (
        "At most 200 items a page, 5 000 pages and 4 000 characters in an address. Opening hours are what the"
        " sources state; a unit without known hours is never a hit under openAt. Texts of sources and"
        " names of places are in Swedish only."
    ),
}
