"""How a built-in is written down: its signature in FEEL's own words above a Python function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..registry import FunctionSpec

Body = TypeVar("Body", bound=Callable[..., object])


class Group:
    """A chapter of functions. ``title`` is its Chinese heading in the reference."""

    def __init__(self, title: str, *, extension: bool = False) -> None:
        self.title = title
        self.extension = extension
        self.specs: list[FunctionSpec] = []

    def function(
        self,
        signature: str,
        doc: str,
        *examples: str,
        also: tuple[str, ...] = (),
        variadic: str = "",
        environment: bool = False,
        run: bool = False,
        extension: bool = False,
    ) -> Callable[[Body], Body]:
        """Register a function. ``signature``: ``name(parameter: type, …) -> type``; ``also``: further ways, ``(parameter: type, …)``;
        a parameter in square brackets may be left out."""
        head, _, result = signature.partition(" -> ")
        name, _, rest = head.partition("(")
        ways = [way for text in (rest.removesuffix(")"), *(more.strip("()") for more in also)) for way in _ways(text)]

        def register(body: Body) -> Body:
            self.specs.append(
                FunctionSpec(
                    name=name,
                    parameters=tuple(tuple(parameter for parameter, _ in way) for way in ways),
                    call=body,
                    needs_environment=environment,
                    needs_run=run,
                    extension=extension or self.extension,
                    doc=doc,
                    types=tuple(tuple(kind for _, kind in way) for way in ways),
                    variadic=variadic,
                    result=result or "any",
                    group=self.title,
                    examples=examples,
                )
            )
            return body

        return register


def _ways(text: str) -> list[list[tuple[str, str]]]:
    """The ways to call: without and with each optional parameter at the end."""
    required: list[tuple[str, str]] = []
    ways: list[list[tuple[str, str]]] = []
    for part in (piece.strip() for piece in text.split(",") if piece.strip()):
        optional = part.startswith("[")
        name, _, kind = part.strip("[]").partition(":")
        if optional:
            ways.append(list(required))
        required.append((name.strip(), kind.strip() or "any"))
    ways.append(required)
    return ways
