"""The subcommands of `hittavard`: each module has `register(subparsers)` and `run(args) -> exit status`.

What takes time to import is imported inside `run`, so that `hittavard --help` answers at once.
"""

MODULES = [
    "db",
    "run",
    "serve",
    "development_sign_in",
    "due",
    "index",
    "import_",
    "export",
    "generate",
    "openapi",
    "token",
    "allocate",
    "keys",
    "people",
    "audit",
]
