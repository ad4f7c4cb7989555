"""The blueprint of sign-in, and the import of every module that puts pages on it."""

from importlib import import_module

from flask import Blueprint, Response

signin = Blueprint("signin", __name__)

for page in ("pages", "flow", "choose_commission", "sign_out"):
    import_module(f"web.auth.signin.{page}")


@signin.after_request
def keep_nothing(response: Response) -> Response:
    """These pages tell who somebody is, or carry one-time values: nobody may keep them."""
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Language")
    return response
