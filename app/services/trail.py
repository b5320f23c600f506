"""The audit trail as a whole: seal it, verify it."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import simplejson

from app import current
from app.acts.audit import secret
from app.acts.transaction import act
from app.domain.audit import entry_mac, seal_root
from app.domain.permissions import Actor, may_verify
from app.errors import AuditBroken
from app.seen.shapes import AuditReport
from app.store import rows, secrets, trail
from app.store.tables import AuditSealRow

_SEALED_AT_ONCE = 5_000


def head_file() -> Path:
    """Where the head of the seals is kept outside the database."""
    config = current.settings()
    return Path(config.audit_head) if config.audit_head else config.folder / "audit-head.jsonl"


def seal(now: datetime) -> int:
    """Seal committed entries and write the head to the outside file; one node at a time does it. Returns how many entries were sealed."""
    with act():
        if not trail.has_unsealed() or not trail.elect():
            return 0
        entries = trail.unsealed(_SEALED_AT_ONCE)
        if not entries:
            return 0
        sequence, previous = trail.last_seal()
        root = seal_root(secret(), previous, [mac for _, mac in entries])
        rows.insert(AuditSealRow, [{"sequence": sequence + 1, "previous": previous, "root": root, "count": len(entries), "at": now}])
        trail.set_seal([key for key, _ in entries], sequence + 1)
    _write_head({"sequence": sequence + 1, "root": root, "count": len(entries), "at": now.isoformat()})
    return len(entries)


def _write_head(head: Mapping[str, Any]) -> None:
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(simplejson.dumps(head) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read_head() -> list[dict[str, Any]]:
    path = head_file()
    if not path.exists():
        return []
    lines = path.read_text(encoding="ascii").splitlines()
    heads = []
    for number, line in enumerate(lines, start=1):
        try:
            heads.append(simplejson.loads(line))
        except ValueError as error:
            if number < len(lines):
                raise AuditBroken(f"外部链首文件 {path} 第 {number} 行无法读取") from error
            # The last line may have been cut off by a crash; the seal before it still speaks.
    return heads


def verify(actor: Actor) -> AuditReport:
    """Check every mac, count and seal, and the head kept outside. Raises Forbidden, AuditBroken."""
    may_verify(actor).require()
    config = current.settings()
    if not config.audit_key and not secrets.is_kept(config.folder, "audit-key"):
        raise AuditBroken(f"{config.folder} 中没有审计密钥 audit-key，无法核验；请放回备份的密钥，或设置 QUANCHENG_AUDIT_KEY")
    key = secret()
    problems: list[str] = []
    entries = chains = 0
    chain, previous, number = None, "", 0
    ends = trail.chain_ends()
    for entry in trail.entries():
        if entry["chain"] != chain:
            _check_end(problems, ends, chain, number, previous)
            chain, previous, number, chains = entry["chain"], "", 0, chains + 1
        entries += 1
        number += 1
        if entry["number"] != number:
            problems.append(f"链 {chain} 缺少第 {number} 条(其后是第 {entry['number']} 条)")
            number = entry["number"]
        if entry_mac(key, previous, entry) != entry["mac"]:
            problems.append(f"链 {chain} 第 {number} 条({entry['at'].isoformat()} {entry['action']})的校验码不符")
        previous = entry["mac"]
    _check_end(problems, ends, chain, number, previous)
    problems += [f"实例 {root} 应有 {count} 条审计记录,一条也没有" for root, (count, _) in ends.items() if count]
    seals = _check_seals(key, problems)
    return AuditReport(entries, chains, seals, problems)


def _check_end(problems: list[str], ends: dict[int, tuple[int, str]], chain: int | None, number: int, mac: str) -> None:
    expected = ends.pop(chain, None) if chain is not None else None
    if expected is not None and expected != (number, mac):
        problems.append(f"链 {chain} 末尾与实例所记不符:应有 {expected[0]} 条,实有 {number} 条")


def _check_seals(key: bytes, problems: list[str]) -> int:
    previous, count = "", 0
    roots: dict[int, str] = {}
    for sequence, before, root, size in trail.seals():
        count += 1
        macs = trail.sealed(sequence)
        if sequence != count or before != previous:
            problems.append(f"第 {count} 次封存缺失或次序不符")
            count = sequence
        if len(macs) != size or seal_root(key, before, macs) != root:
            problems.append(f"第 {sequence} 次封存与其 {size} 条记录不符(实有 {len(macs)} 条)")
        previous = roots[sequence] = root
    for head in _read_head():
        if roots.get(head["sequence"]) != head["root"]:
            problems.append(f"外部链首记有第 {head['sequence']} 次封存,数据库中没有或不同:审计记录可能被截断")
    return len(roots)
