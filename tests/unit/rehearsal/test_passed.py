"""What a case that enters a diagram in the middle has not got, and where it would be given."""

from collections.abc import Collection
from xml.sax.saxutils import quoteattr

from app.engine import read
from app.rehearsal import passed
from tests.unit.engine.diagrams import chain, end, exclusive, file, flow, io, process, script, start, subprocess, user


def properties(**values: str) -> str:
    inner = "".join(f"<zeebe:property name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in values.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


def told(*body: str, at: Collection[str], known: Collection[str] = (), approved: Collection[str] = ()) -> list[tuple[str, str, list[str]]]:
    (definition,) = read(file(process(start(), *body, id="review")), "review.bpmn").processes
    found = passed.unprepared(definition, at, known, approved, lambda form: ())
    return [(one.name, one.reader.id, [giver.id for giver in one.givers]) for one in found]


PREPARED = (
    script("prepare", "=1", "window"),
    user("a"),
    user("b", io({"until": "=window"})),
    end(),
    chain("start", "prepare", "a", "b", "end"),
)


def test_what_is_prepared_behind_and_asked_ahead_is_told_with_its_giver() -> None:
    assert told(*PREPARED, at=["a"]) == [("window", "b", ["prepare"])]
    assert told(*PREPARED, at=["b"]) == [("window", "b", ["prepare"])]


def test_what_the_case_has_or_still_passes_is_not_told() -> None:
    assert told(*PREPARED, at=["a"], known=["window"]) == []
    assert told(*PREPARED, at=["prepare"]) == []


def test_what_a_case_from_the_start_may_lack_too_is_not_told() -> None:
    optional = (
        exclusive("x"),
        script("prepare", "=1", "window"),
        user("a", io({"until": "=window"})),
        end(),
        chain("start", "x"),
        flow("x", "prepare", "=true"),
        chain("prepare", "a", "end"),
        flow("x", "a", "=true"),
    )
    assert told(*optional, at=["a"]) == []


def test_an_approval_that_is_asked_ahead_is_told_and_one_that_was_given_is_not() -> None:
    gate = (
        user("approve", properties(approves="amount", approvesWhen="=true")),
        user("a"),
        user("b", io({"free": '=approved("review.approve")'})),
        end(),
        chain("start", "approve", "a", "b", "end"),
    )
    assert told(*gate, at=["a"]) == [("review.approve", "b", ["approve"])]
    assert told(*gate, at=["a"], approved=["review.approve"]) == []


def test_a_stage_gives_what_it_gives_when_it_is_left() -> None:
    stage = subprocess("stage", start("s2"), user("a"), end("e2"), chain("s2", "a", "e2"), extensions=io({}, {"kind": "=1"}))
    rest = (stage, user("b", io({"of": "=kind"})), end(), chain("start", "stage", "b", "end"))
    assert told(*rest, at=["a", "stage"]) == []
    assert told(*rest, at=["b"]) == [("kind", "b", ["stage"])]


def test_the_sentence_names_the_way_out() -> None:
    (definition,) = read(file(process(start(), *PREPARED, id="review")), "review.bpmn").processes
    (one,) = passed.unprepared(definition, ["a"], (), (), lambda form: ())
    assert "要用“window”,只有" in one.sentence
    assert "从 prepare 重新开始,或留在原版本办完" in one.sentence
