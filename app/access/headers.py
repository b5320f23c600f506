"""Response headers that hold for every page. Source: design §10."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
BUILT = "/static/built/assets/"  # names carry a hash of the content
YEAR = 31_536_000


def attach(app: Flask, *, secure: bool) -> None:
    """Add the headers to every response of ``app``; ``secure``: it is served over HTTPS only."""

    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if secure:
            headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        if request.path.startswith(BUILT) and response.status_code == 200:
            headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        elif request.endpoint != "static" and "immutable" not in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "no-store"  # task data must not stay in a shared machine's cache
        return response

    app.after_request(add)
