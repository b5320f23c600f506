"""Documents that a form names: each has to be there as it is named, of the same project or tree, and handed in before or brought to this very task."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.acts.held_tree import HeldTree
from app.domain import documents
from app.domain.codes import DocumentCode, FormCode
from app.domain.forms import FieldProblem, Form
from app.store import documents as stored

NOT_HERE = "涉密项目不在平台上传文件,只登记编号、日期和存放地点"  # SC-4-4


def problems(tree: HeldTree, form: Form, data: Mapping[str, Any]) -> list[FieldProblem]:
    """What is wrong with the documents that the answers of a form name, by field; nothing of fields that only show."""
    named = _named(form, data)
    if not named:
        return []
    if documents.is_classified(tree.project, data):
        return [FieldProblem(one.path, one.title, DocumentCode.CLASSIFIED, f"“{one.title}”:{NOT_HERE}") for one in named]
    rows = stored.some({int(one.value["key"]) for one in named})
    found = []
    for one in named:
        row = rows.get(int(one.value["key"]))
        if why := _why(tree, row, one.value) or (_unsigned(tree, row, one.signs) if one.signs else ""):
            found.append(FieldProblem(one.path, one.title, FormCode.DOCUMENT, f"“{one.title}”的文件“{one.value['name']}”{why}"))
    return found


def hand_in(form: Form | None, data: Mapping[str, Any], now: datetime) -> None:
    """From now on whoever may read the project may read what the answers name. Needs an act."""
    if form is not None:
        stored.hand_in({int(one.value["key"]) for one in _named(form, data)}, now)


def belongs(row: Any, project_key: int | None, root_key: int | None) -> bool:
    """Whether a document is of this project, or where there is none of this tree."""
    if project_key is not None:
        return bool(row.project_key == project_key)
    return row.project_key is None and row.root_key is not None and row.root_key == root_key


def _named(form: Form, data: Mapping[str, Any]) -> list[documents.NamedDocument]:
    return [one for one in documents.within(form.schema, data) if one.path.split("/")[0] not in form.shown_fields]


def _why(tree: HeldTree, row: Any, value: Mapping[str, Any]) -> str:
    project_key = tree.project["key"] if tree.project is not None else None
    task_key = tree.task.key if tree.task is not None else None
    # One that there is, but not for this form, is not told from one that there is not.
    if row is None or row.tenant != tree.tenant or not belongs(row, project_key, tree.root_key):
        return "不是本项目的文件,请重新上传"
    if row.submitted_at is None and row.task_key != task_key:
        return "不是在本事项上传的文件,请重新上传"
    if (row.name, row.sha256, row.version) != (value["name"], value["sha256"], value["version"]):
        return "与上传的不符,请重新上传"
    return ""


def _unsigned(tree: HeldTree, row: Any, template: str) -> str:
    """Why a document is not what was signed of the printed one that counts now; empty if it is. Source: SC-14-3, SC-14-4."""
    seen = tree.seen_from(tree.task.element) if tree.task is not None else {}
    if template not in seen:  # a case that had gone past the place before there was anything to print
        return ""
    now = seen[template]
    wanted = stored.one(int(now["key"])) if documents.is_reference(now) else None
    if wanted is None:
        return "没有可签署的打印件,请先打印"
    if row.signs == wanted.key:
        return ""
    given = stored.one(row.signs) if row.signs is not None else None
    if given is None or given.template != template:
        return f"不是“{wanted.name}”的签署件,请打印该件,签署后重新上传"
    return f"是第 {given.version} 版(编号 {given.number})的签署件,该件已重新打印为第 {wanted.version} 版(编号 {wanted.number}),请按新版签署后重新上传"
