"""What is written in a diagram and would never be carried out is refused or told, naming what to do about it."""

import pytest

from app.engine import DiagramError, DiagramProblem, read

from .diagrams import chain, end, file, process, service, start, user
from .runs import Run, library


def problems(*body: str, roots: str = "") -> list[DiagramProblem]:
    """The refusals of one process that begins with ``start``; none if it can be read."""
    try:
        read(file(roots, process(start(), *body)), "x.bpmn")
    except DiagramError as error:
        return list(error.problems)
    return []


def warnings(*body: str, roots: str = "") -> list[DiagramProblem]:
    return list(read(file(roots, process(start(), *body)), "x.bpmn").lint)


# ---------------------------------------------------------------------- mappings


@pytest.mark.parametrize("source", ["", 'source=""', 'source="  "', 'source="&#10;"'])
@pytest.mark.parametrize(("way", "word"), [("input", "输入映射"), ("output", "输出映射")])
def test_a_mapping_without_a_source_is_refused_for_it_would_blank_the_target(way, word, source):
    mapping = f'<zeebe:ioMapping><zeebe:{way} source="=1" target="kept"/>\n<zeebe:{way} {source} target="amount"/></zeebe:ioMapping>'
    (found,) = problems(user("pay", mapping), chain("start", "pay"))
    assert (found.element, found.code) == ("pay", "MAPPING_SOURCE")
    assert word in found.message
    assert "amount" in found.message
    assert found.line == 7, "the line of the mapping itself"


def test_a_mapping_may_empty_its_target_on_purpose():
    mapping = '<zeebe:ioMapping><zeebe:output source="=null" target="amount"/></zeebe:ioMapping>'
    run = Run(
        library(file(process(start(), service("pay", extensions=mapping), end(), chain("start", "pay", "end")))), variables={"amount": 5}
    )
    run.finish("pay")
    assert run.state.variables()["amount"] is None
