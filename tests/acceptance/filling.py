"""Filling a form in as a person does: field by field, with the keyboard and the mouse."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.playing import papers


def fill_in(page: Page, schema: Mapping[str, Any], values: Mapping[str, Any], place: str = "root") -> None:
    """Enter ``values`` into the fields of the form (or of the group at ``place``)."""
    for name, value in values.items():
        _enter(page, schema["properties"][name], value, f"{place}_{name}")


def _enter(page: Page, schema: Mapping[str, Any], value: Any, place: str) -> None:
    if isinstance(value, Mapping):
        fill_in(page, schema, value, place)
    elif isinstance(value, list):
        _enter_list(page, schema, value, place)
    elif isinstance(value, bool):
        _choose(page.locator(f"#{place}"), "是" if value else "否")
    elif "enum" in schema:
        _choose(page.locator(f"#{place}"), value)
    else:
        page.fill(f"#{place}", str(value))


def _enter_list(page: Page, schema: Mapping[str, Any], values: list[Any], place: str) -> None:
    if schema["items"].get("x-format") == "document":
        _bring(page, [value["document"] for value in values], place)
        return
    box = page.locator(f"#{place}")
    if "enum" in schema["items"]:
        for value in values:
            box.get_by_label(value, exact=True).check()
        return
    for number, value in enumerate(values):
        if box.locator("tbody tr").count() <= number:
            box.get_by_role("button", name="新增一行").click()
        fill_in(page, schema["items"], value, f"{place}_{number}")


def _bring(page: Page, names: list[str], place: str) -> None:
    page.set_input_files(f"#{place}", [{"name": name, "mimeType": "", "buffer": papers.made(name)} for name in names])
    for name in names:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def _choose(field: Locator, word: str) -> None:
    if field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(label=word)
    else:
        field.get_by_label(word, exact=True).check()
