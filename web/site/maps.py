"""What the map draws when there is no tile server."""

import hashlib
from functools import lru_cache

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from web.site import reads
from web.site.blueprint import site

_DAY = 24 * 3600


@site.get("/karta/kommuner.geojson")
def outlines() -> BaseResponse:
    """The outlines of the municipalities. They change with a geography import, hence the ETag."""
    body = reads.outlines()
    response = Response(body, mimetype="application/geo+json")
    response.set_etag(_digest(body))
    response.cache_control.public = True
    response.cache_control.max_age = _DAY
    return response.make_conditional(request)


@lru_cache(maxsize=4)
def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:20]
