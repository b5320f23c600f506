"""What pages and the API share of a request: who calls, may the browser's form be trusted, what a failure means outside."""

from typing import Any

from flask import Flask

from app.config import Config


def attach(app: Flask, config: Config, database: Any, user: type[Any], role: type[Any]) -> None:
    """Set sign-in, tokens, protection against forged requests and headers up on ``app``; ``user`` and ``role`` are the store's account models."""
    from app.access import addresses, encoding, forgery, headers, identity, request_ids, sign_in, tokens, uploads

    addresses.attach(app)
    request_ids.attach(app, shown=config.log_requests)
    app.json_provider_class = encoding.ExactJson  # the class too: Flask-Security makes its own provider of it
    app.json = encoding.ExactJson(app)
    headers.attach(app, secure=config.secure_cookies)
    sign_in.attach(app, config, database, user, role)
    tokens.attach(app)
    uploads.attach(app)  # before anything reads a body
    forgery.attach(app)
    identity.attach(app)
