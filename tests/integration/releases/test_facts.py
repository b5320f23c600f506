"""Facts that the release before kept in the variables of its instances: a migration takes the copies away, asks where they differ, and fills in what the ledger has
got since (modelling.md §9)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalogue import snapshot
from app.domain.codes import Action
from app.domain.permissions import SYSTEM
from app.engine import State
from app.errors import Conflict
from app.services import accounts, migration, repair
from app.store import history, projects
from app.store.tables import AuditEntryRow, FactChangeRow, VariableRow, db
from tests.integration.releases import lives
from tests.integration.releases.lives import NOW

pytestmark = pytest.mark.xdist_group("releases")


def instance(process_id: str, element: str) -> Any:
    """The one running instance of Sucheng that is at an element."""
    (found,) = (row for row in lives.running() if (row.tenant, row.process_id) == ("sucheng", process_id) and element in lives.at(row.key))
    return found


def newest(row: Any) -> int:
    found = snapshot.library(row.tenant).reference("process", row.process_id)
    assert found is not None
    return found.key


def administrator() -> Any:
    return accounts.named(SYSTEM, "sucheng.system_admin", NOW)


def plan(row: Any) -> dict[str, Any]:
    """What the plan file says, without the answers."""
    return {part: given for part, given in lives.MIGRATIONS[row.tenant][row.process_id].items() if part in ("plan", "anew")}


def preview(row: Any, facts: dict[str, str] | None = None) -> Any:
    (seen,) = migration.preview(administrator(), [row.key], newest(row), NOW, **plan(row), rules=True, facts=facts)
    return seen


def migrate(row: Any, facts: dict[str, str]) -> None:
    migration.migrate(administrator(), row.key, newest(row), "换用新图", NOW, **plan(row), rules=True, facts=facts)


def project(row: Any) -> Any:
    return projects.one(row.project_key)


def variables(row: Any) -> set[str]:
    """Of the instance, in the state and in the rows that are searched."""
    root = history.root_state(row.root_key)
    state = State.load(root.blob, snapshot.library(row.tenant))
    local = next(int(number) for number, key in root.keys.items() if key == row.key)
    kept = {name for one, _, shown in state.scopes() if one == local for name in shown}
    at_top = select(VariableRow.name).where(VariableRow.instance_key == row.key, VariableRow.scope == 0)
    return kept | set(db.session.execute(at_top).scalars())


def test_a_copy_that_differs_has_to_be_answered(app: Flask) -> None:
    row = instance("om_evaluation", "give_opinion")
    seen = preview(row)
    told = {one.name: (one.value, one.known, one.answer) for one in seen.copies}
    assert told["accReport"] == ("未提交", "已提交", None)
    assert set(told) == {"accReport", "paidAmount"}
    assert any("“竣工验收报告”(accReport)与台账不同" in why and "保留台账的值(keep)" in why for why in seen.reasons)
    with pytest.raises(Conflict, match="accReport"):
        migrate(row, {"paidAmount": "keep"})
    assert preview(row, {"accReport": "keep", "paidAmount": "keep"}).reasons == ()
    (why,) = preview(row, {"accReport": "keep", "paidAmount": "yes"}).reasons
    assert "应为 keep、write" in why
    (why,) = preview(row, {"accReport": "keep", "paidAmount": "keep", "noField": "keep"}).reasons
    assert "台账没有这一项" in why


def test_copies_go_the_ledger_stays_and_what_it_lacked_is_filled_in_to_be_confirmed(app: Flask) -> None:
    row = instance("om_evaluation", "give_opinion")
    before = project(row)
    answers = {"accReport": "keep", "paidAmount": "keep"}
    seen = preview(row, answers)
    filled = {one.name: (one.value, one.source) for one in seen.filled}
    assert filled["omCycleType"] == ("合同年", "流程变量")
    assert filled["systemUserOffice"][0]["name"] == "宿城区民政局"  # the first release kept it as text
    assert "filingNo" not in filled  # another task's form calls its own number so
    assert {"totalAmount", "projectName", "accReport"} <= set(seen.forgotten)
    assert {"totalAmount", "accReport"} <= variables(row)
    migrate(row, answers)
    after = project(row)
    assert variables(row) & set(seen.forgotten) == set()
    assert after["facts"]["accReport"] == before["facts"]["accReport"] == "已提交"
    assert after["facts"]["omCycleType"] == "合同年"
    assert set(after["facts"]) - set(before["facts"]) == set(filled)
    assert set(after["unconfirmed"]) == set(filled)
    query = select(FactChangeRow.field, FactChangeRow.right_kind, FactChangeRow.before).where(FactChangeRow.right_kind == "migrated")
    assert {tuple(change) for change in db.session.execute(query)} == {(name, "migrated", None) for name in filled}
    (details,) = db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == Action.INSTANCE_MIGRATE)).scalars()
    assert details["facts"]["omCycleType"] == "合同年"
    assert details["copies"]["accReport"] == {"variable": "未提交", "ledger": "已提交", "answer": "keep"}
    assert "totalAmount" in details["forgotten"]


def test_the_copy_may_be_written_over_the_ledger_for_an_owner_to_confirm(app: Flask) -> None:
    row = instance("acceptance_organisation", "hold_acceptance")
    assert project(row)["facts"]["archiveAcceptance"] == "未验收"
    migration.migrate(administrator(), row.key, newest(row), "换用新图", NOW, rules=True, facts={"archiveAcceptance": "write"})
    assert project(row)["facts"]["archiveAcceptance"] == "合格"
    assert "archiveAcceptance" in project(row)["unconfirmed"]


def test_what_the_new_diagram_keeps_as_a_variable_itself_stays(app: Flask) -> None:
    """The annual plan is no project's: its variables are its own."""
    row = next(row for row in lives.running() if row.process_id == "annual_plan" and row.tenant == "sucheng")
    before = variables(row)
    (seen,) = migration.preview(administrator(), [row.key], newest(row), NOW, rules=True)
    assert (seen.copies, seen.filled, seen.forgotten, seen.reasons) == ((), (), (), ())
    migration.migrate(administrator(), row.key, newest(row), "换用新图", NOW, rules=True)
    assert before <= variables(row)


def test_what_an_administrator_has_set_becomes_no_fact(app: Flask) -> None:
    """An approval's number written into the variables of a case would come out of the migration as a fact (SC-12-1)."""
    row = instance("om_evaluation", "give_opinion")
    repair.set_variables(administrator(), row.key, {"accReport": "已提交待核", "approvalNo": "自拟1号"}, "更正", NOW)
    seen = preview(row, {"accReport": "write", "paidAmount": "keep"})
    assert any("accReport" in why and "由管理员改过" in why for why in seen.reasons)
    assert "approvalNo" not in {one.name for one in seen.filled}
