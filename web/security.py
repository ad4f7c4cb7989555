"""Headers that every answer carries: what a page of ours may load, and who may frame or learn of it.

No inline script or style is allowed, so no text from a catalogue can ever become code. Structured data in
`application/ld+json` is not script to a browser (CSP 3, 4.2.3: only executed scripts are checked).
"""

from urllib.parse import urlsplit

from flask import Flask, Response

from core.settings import Settings

_PERMISSIONS = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def register(app: Flask) -> None:
    """Add the headers to every answer, errors too."""
    every = {
        "content-security-policy": content_security_policy(app.config["HITTAVARD"]),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": _PERMISSIONS,
        "cross-origin-opener-policy": "same-origin",
    }
    named = [(name, (name.title(), value)) for name, value in every.items()]

    @app.after_request
    def add_headers(response: Response) -> Response:
        given = {name.lower() for name, _ in response.headers}
        response.headers.extend([header for name, header in named if name not in given])
        return response


def content_security_policy(settings: Settings) -> str:
    """Ourselves only; images also from the configured tile server, when there is one."""
    images = " ".join(filter(None, ["'self'", "data:", tile_origin(settings.tile_url)]))
    return "; ".join(
        [
            "default-src 'self'",
            f"img-src {images}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def tile_origin(tile_url: str) -> str:
    """The origin of a tile template such as `https://{s}.tiles.example/{z}/{x}/{y}.png`; "" without one."""
    parts = urlsplit(tile_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"
