"""Decision files and forms that mean harm: each a name, its bytes, and a word of the cause; None: it may be deployed and is stopped when it runs."""

import json
from typing import Any

HEAD = '<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">'


def table(cell: str = "-", output: str = "1", expression: str = "x") -> bytes:
    return (
        f'{HEAD}<decision id="q" name="q"><decisionTable id="t"><input id="i"><inputExpression id="ie"><text>{expression}</text></inputExpression></input>'
        f'<output id="o"/><rule id="r"><inputEntry id="a"><text>{cell}</text></inputEntry><outputEntry id="b"><text>{output}</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


def _rules(count: int) -> bytes:
    rule = '<rule id="r{0}"><inputEntry id="a{0}"><text>{0}</text></inputEntry><outputEntry id="b{0}"><text>1</text></outputEntry></rule>'
    return table().replace(b"</decisionTable>", "".join(rule.format(number) for number in range(count)).encode() + b"</decisionTable>")


def form(field: Any, **defs: Any) -> bytes:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": field}, **({"$defs": defs} if defs else {})}
    return json.dumps({"id": "f", "title": "表", "schema": schema}).encode()


def _doubling(levels: int) -> bytes:
    defs: dict[str, Any] = {f"n{number}": {"allOf": [{"$ref": f"#/$defs/n{number + 1}"}] * 2} for number in range(levels)}
    return form({"$ref": "#/$defs/n0"}, **defs, **{f"n{levels}": {"type": "string"}})


TABLES: dict[str, tuple[bytes, str | None]] = {
    "empty": (b"", "空"),
    "html": (b"<!DOCTYPE html><html/>", "HTML"),
    "xxe": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + table("&e;")[21:], "DOCTYPE"),
    "nul": (table("a\x00b"), "NUL"),
    "nested": (b'<?xml version="1.0"?>' + b"<a>" * 20_000, "嵌套"),
    "diagram": (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "BPMN"),
    "no_decision": (f"{HEAD}</definitions>".encode(), "决策"),
    "five_megabytes": (table('"' + "x" * 5_000_000 + '"'), "上限"),
    "20k_rows": (_rules(20_000), "上限"),
    "import": (table("import os"), "import os"),
    "dunder": (table("().__class__.__bases__"), "括号"),
    "open": (table("open('/etc/passwd').read()"), "表达式"),
    "while": (table("while True"), "while True"),
    "brackets": (table("(" * 20_000 + ")" * 20_000), "上限"),
    "circle": (
        table().replace(
            b"<decisionTable", b'<informationRequirement id="ir"><requiredDecision href="#q"/></informationRequirement><decisionTable', 1
        ),
        "成环",
    ),
    "huge_power": (table(output="9**(9**9)"), None),
    "unbounded_for": (table(output="for i in 1..1000000000000 return i"), None),
    "recursion": (table(output="{f: function(n) f(n + 1), y: f(1)}.y"), "f"),
}
FORMS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "JSON"),
    "duplicate": (b'{"id": "a", "id": "b"}', "两次"),
    "nan": (b'{"id": NaN}', "NaN"),
    "deep": (b"[" * 5_000, "嵌套"),
    "million_digits": (b'{"id": ' + b"9" * 1_000_000 + b"}", "位"),
    "remote": (form({"$ref": "http://127.0.0.1:9/schema"}), "文件之外"),
    "local_file": (form({"$ref": "file:///etc/passwd"}), "文件之外"),
    "lookahead": (form({"type": "string", "pattern": "(?=a)b\\1"}), "schema"),
    "dunder": (form({}).replace(b'"a"', b'"__builtins__"'), "__builtins__"),
    "open_object": (form({}).replace(b'"additionalProperties": false', b'"additionalProperties": true'), "additionalProperties"),
    "boolean_field": (form(True), "对象"),
    "doubling": (_doubling(30), "展开"),
    "circle": (form({"$ref": "#/$defs/n"}, n={"allOf": [{"$ref": "#/$defs/n"}]}), "绕回"),
    "nowhere": (form({"$ref": "#/$defs/n"}), "找不到"),
    "three_megabytes": (form({"description": "x" * 3_000_000}), "MB"),
}
