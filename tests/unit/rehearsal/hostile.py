"""Diagrams that mean harm, or that nobody has thought through: each a name, what makes its bytes, and what has to answer it."""

from collections.abc import Callable

from tests.unit.engine import diagrams as d

PLAIN = d.file(d.process(d.start(), d.user("task"), d.end(), d.chain("start", "task", "end")))


def _after_prolog(insert: bytes) -> bytes:
    head, rest = PLAIN.split(b"\n", 1)
    return head + b"\n" + insert + b"\n" + rest


def _entity(text: str) -> bytes:
    return _after_prolog(f"<!DOCTYPE x [{text}]>".encode()).replace(b'name="task"', b'name="&e;"')


def _billion_laughs() -> bytes:
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 30)]
    return _entity("".join(lines) + '<!ENTITY e "&a29;">')


def _nested(depth: int) -> bytes:
    return (
        d.HEAD + '<bpmn:process id="p" isExecutable="true">' + "<bpmn:subProcess>" * depth + "</bpmn:subProcess>" * depth
    ).encode() + b"</x>"


def _subprocesses(depth: int) -> bytes:
    """Really nested sub-processes, each with its own start."""
    body = d.user("innermost")
    target = "innermost"
    for number in range(depth):
        body = d.subprocess(f"s{number}", d.start(f"b{number}"), body, d.flow(f"b{number}", target))
        target = f"s{number}"
    return d.file(d.process(d.start(), body, d.flow("start", target)))


def _chain(length: int) -> bytes:
    names = [f"t{number}" for number in range(length)]
    return d.file(d.process(d.start(), *(d.node("task", name) for name in names), d.end(), d.chain("start", *names, "end")))


def _only(*body: str, **kind: str) -> bytes:
    return d.file(d.process(d.start(), *body, **kind))


def _script(expression: str) -> bytes:
    return _only(d.script("compute", expression, "x"), d.flow("start", "compute"))


def _condition(condition: str) -> bytes:
    return _only(
        d.exclusive("which"),
        d.end("a"),
        d.end("b"),
        d.flow("start", "which"),
        d.flow("which", "a", condition),
        d.flow("which", "b", "=true"),
    )


def _cycle(cycle: str, *behind: str) -> bytes:
    return _only(d.user("task"), d.boundary("again", "task", d.timer("Cycle", cycle), False), *behind, d.flow("start", "task"))


def _catch(kind: str, value: str) -> bytes:
    return _only(d.catch("wait", d.timer(kind, value)), d.end(), d.chain("start", "wait", "end"))


def _slow_circle() -> bytes:
    return _only(d.script("slow", "=count(for i in 1..99999 return i*i)", "x"), d.chain("start", "slow", "slow"))


def _echo() -> bytes:
    heard = d.start("heard", d.on_signal("sig"))
    ends = d.end("shout", d.on_signal("sig")), d.end("shout_too", d.on_signal("sig"))
    return d.file(d.signal("sig", "again"), d.process(heard, *ends, d.flow("heard", "shout"), d.flow("heard", "shout_too")))


def _links() -> bytes:
    return _only(d.throw("out", d.on_link("l")), d.catch("back", d.on_link("l")), d.flow("start", "out"), d.flow("back", "out"))


# What cannot be run.
REFUSED: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blank": lambda: b" \n\t ",
    "text": lambda: "这不是流程图".encode(),
    "html": lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "json": lambda: b'{"id": "form"}',
    "truncated": lambda: PLAIN[: len(PLAIN) // 2],
    "nul": lambda: PLAIN.replace(b"task", b"ta\x00sk", 1),
    "utf16": lambda: PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "utf32": lambda: PLAIN.decode().encode("utf-32"),
    "wrong_encoding": lambda: b"<?xml version='1.0' encoding='UTF-7'?><x/>",
    "not_utf8": lambda: PLAIN.replace(b'name="task"', b'name="\xff\xfe\xfa"'),
    "doctype": lambda: _after_prolog(b"<!DOCTYPE definitions>"),
    "xxe": lambda: _entity('<!ENTITY e SYSTEM "file:///etc/passwd">'),
    "parameter_entity": lambda: _entity('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;'),
    "billion_laughs": lambda: _billion_laughs(),
    "quadratic_blowup": lambda: _entity(f'<!ENTITY e "{"A" * 50_000}">').replace(b"&e;", b"&e;" * 2_000),
    "stylesheet": lambda: _after_prolog(b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>'),
    "nested_20k": lambda: _nested(20_000),
    "fifty_megabytes": lambda: PLAIN.replace(b'name="task"', b'name="' + b"x" * 50_000_000 + b'"'),
    "fifty_megabytes_of_tasks": lambda: b"<x>" * 16_000_000,
    "no_start": lambda: d.file(d.process(d.user("a"), d.user("b"), d.flow("a", "b"))),
    "duplicate_ids": lambda: d.file(d.process(d.start("same"), d.user("same"), d.flow("same", "same"))),
    "dangling_flow": lambda: _only(d.flow("start", "nowhere")),
    "flow_from_nowhere": lambda: _only(d.user("a"), d.flow("nowhere", "a")),
    "flow_across_pools": lambda: d.file(
        d.process(d.start("s1"), id="p1"), d.process(d.start("s2"), d.user("u"), d.flow("s1", "u"), id="p2")
    ),
    "cycle_of_nothing": lambda: _cycle("R/PT0S"),
    "cycle_backwards": lambda: _cycle("R/-PT1H"),
    "no_duration": lambda: _catch("Duration", "P"),
    "cron_of_nonsense": lambda: _cycle("* * * *"),
    "code_in_a_timer": lambda: _catch("Duration", "=__import__('os').system('id')"),
    "open_in_a_condition": lambda: _condition("=open('/etc/passwd').read()"),
    "dunder_in_a_condition": lambda: _condition("=().__class__.__bases__[0]"),
    "format_in_a_script": lambda: _script("='{0.__class__}'.format(1)"),
    "while_true": lambda: _script("=while True: pass"),
    "deep_brackets": lambda: _script("=" + "(" * 30_000 + "1" + ")" * 30_000),
    "boundary_on_nothing": lambda: _only(d.boundary("b", "nobody", d.timer("Duration", "PT1S")), d.flow("start", "b")),
    "eleven_thousand_elements": lambda: _chain(11_000),
}

# What runs until a limit stops it, or simply runs: with the type of its incident, empty for none.
SLOW = {"circle_of_slow_expressions"}  # stopped by time alone: no count of steps ends it soon
STOPPED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bom": (lambda: b"\xef\xbb\xbf" + PLAIN, ""),
    "gateway_self_loop": (lambda: _only(d.exclusive("g"), d.chain("start", "g", "g")), "LIMIT_STEPS"),
    "task_circle": (lambda: _only(d.node("task", "a"), d.node("task", "b"), d.chain("start", "a", "b", "a")), "LIMIT_STEPS"),
    "token_bomb": (lambda: _only(d.exclusive("x"), d.parallel("g"), d.chain("start", "x", "g", "x"), d.flow("g", "x")), "LIMIT_STEPS"),
    "self_call": (lambda: _only(d.call("again", "p"), d.flow("start", "again")), "LIMIT_CALL_DEPTH"),
    "self_call_twice": (lambda: _only(d.call("one", "p"), d.call("two", "p"), d.flow("start", "one"), d.flow("start", "two")), "LIMIT"),
    "items_200k": (lambda: _only(d.user("many", loop=d.loop("=for i in 1..200000 return i")), d.flow("start", "many")), "LIMIT"),
    "items_20k": (
        lambda: _only(d.user("many", loop=d.loop("=for i in 1..20000 return i")), d.flow("start", "many")),
        "LIMIT_MULTI_INSTANCE",
    ),
    "items_3k": (lambda: _only(d.user("many", loop=d.loop("=for i in 1..3000 return i")), d.flow("start", "many")), ""),
    "cycle_of_seconds": (lambda: _cycle("R/PT1S", d.user("remind"), d.flow("again", "remind")), "LIMIT_TIMERS"),
    "million_cycles": (lambda: _cycle("R1000000/PT1S"), "LIMIT_TIMERS"),
    "cycle_into_a_circle": (lambda: _cycle("R/PT1S", d.exclusive("g"), d.chain("again", "g", "g")), "LIMIT_STEPS"),
    "circle_of_no_time": (
        lambda: _only(d.exclusive("g"), d.catch("wait", d.timer("Duration", "PT0S")), d.chain("start", "g", "wait", "g")),
        "LIMIT_TIMERS",
    ),
    "circle_of_a_past_date": (
        lambda: _only(d.exclusive("g"), d.catch("wait", d.timer("Date", "2000-01-01")), d.chain("start", "g", "wait", "g")),
        "LIMIT_TIMERS",
    ),
    "year_9999": (lambda: _catch("Date", "9999-12-31T23:59:59+08:00"), ""),
    "year_10000": (lambda: _catch("Duration", "P9000Y"), "EXTRACT_VALUE_ERROR"),
    "working_days_forever": (lambda: _catch("Date", "=workingDaysAfter(today(), 999999999)"), "EXTRACT_VALUE_ERROR"),
    "unbounded_for": (lambda: _script("=for i in 1..1000000000000 return i"), "LIMIT_EXPRESSION"),
    "nested_for": (lambda: _script("=for a in 1..100000, b in 1..100000 return a*b"), "LIMIT_EXPRESSION"),
    "recursion": (lambda: _script("={f: function(n) f(n+1), y: f(1)}.y"), "LIMIT_EXPRESSION"),
    "huge_exponent": (lambda: _script("=9**(9**9)"), "LIMIT_EXPRESSION"),
    "huge_string": (lambda: _script('=string join(for i in 1..99999 return "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")'), "LIMIT"),
    "growing_string": (
        lambda: _only(d.script("grow", '=if s = null then "aaaaaaaaaaaaaaaa" else s + s', "s"), d.chain("start", "grow", "grow")),
        "LIMIT",
    ),
    "circle_of_slow_expressions": (lambda: _slow_circle(), "LIMIT"),
    "regular_expression": (lambda: _script('=matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")'), ""),
    "signal_that_starts_itself": (lambda: _echo(), "LIMIT"),
    "links_in_a_circle": (lambda: _links(), "LIMIT_STEPS"),
    "import_in_a_condition": (lambda: _condition("=import os"), "CONDITION_ERROR"),  # a FEEL name of two words, which nobody knows
    "call_of_code": (lambda: _only(d.call("c", "=import os"), d.flow("start", "c")), "CALLED_ELEMENT_ERROR"),
    "job_type_of_code": (lambda: _only(d.service("s", "__import__('os').system"), d.flow("start", "s")), ""),
    "thousand_in_a_row": (lambda: _chain(1_000), ""),
    "ten_thousand_in_a_row": (lambda: _chain(9_900), ""),
    "nested_100": (lambda: _subprocesses(100), ""),
}
