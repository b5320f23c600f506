"""Pages for people, in Chinese: one module per menu item. Pages ask services and show what they give; they never query the store."""

from flask import Flask


def attach(app: Flask) -> None:
    """Register all pages, their filters and the frame around them on ``app``."""
    from app.web import (
        calendar,
        clauses,
        clock,
        display,
        documents,
        frame,
        home,
        inbox,
        instances,
        models,
        password,
        people,
        projects,
        registers,
        systems,
        tasks,
    )

    display.attach(app)
    frame.attach(app)
    for module in (
        home,
        password,
        inbox,
        tasks,
        documents,
        projects,
        instances,
        models,
        people,
        clock,
        clauses,
        calendar,
        registers,
        systems,
    ):
        app.register_blueprint(module.blueprint)
