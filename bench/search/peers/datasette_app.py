"""datasette as an ASGI application, so that uvicorn can run it in two processes. Runs in its environment."""

import json
import os

from datasette.app import Datasette  # type: ignore[import-not-found]

_settings = json.loads(os.environ["BENCH_DATASETTE"])

app = Datasette(
    immutables=[_settings["database"]],
    sqlite_extensions=[_settings["spatialite"]],
    metadata=_settings["metadata"],
    settings={"default_page_size": 20, "suggest_facets": False, "num_sql_threads": 4},
).app()
