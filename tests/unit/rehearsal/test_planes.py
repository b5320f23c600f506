"""What is measured of a drawing, and every limit of it: a drawing that keeps it, and one that does not."""

import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.reading import read_with_tree, xml
from app.rehearsal.planes import drawing, lettering, measures
from app.rehearsal.planes.geometry import Box, Point, crossings, meet
from app.rehearsal.planes.measures import FileMeasures, PlaneMeasures
from tests.effort import effort
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.drawn import EVENT, GATEWAY, edge, flow, lanes, named, plane, shape

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "tests" / "data" / "planes"


def measured(source: bytes, offices: tuple[str, ...] = ()) -> FileMeasures:
    _, root = read_with_tree(source, "x.bpmn")
    return measures.measure("x.bpmn", root, drawing.read(root), offices)


def only(source: bytes) -> PlaneMeasures:
    (found,) = measured(source).planes
    return found


def codes(source: bytes, offices: tuple[str, ...] = ()) -> list[str]:
    return sorted(remark.code for remark in measured(source, offices).remarks)


def faults(source: bytes) -> list[str]:
    return [fault.message for fault in measures.faults(drawing.read(read_with_tree(source, "x.bpmn")[1]))]


def told(source: bytes, code: str) -> str:
    (message,) = [remark.message for remark in measured(source).remarks if remark.code == code]
    return message


# A choice between two ends: 受理 straight on, 退回 below. Every case changes one thing of it.
BODY = {
    "start": d.start("start"),
    "handle": named("userTask", "handle", "办理申请"),
    "choice": named("exclusiveGateway", "choice", "是否受理？"),
    "yes": named("endEvent", "yes", "已受理"),
    "no": named("endEvent", "no", "已退回"),
    "start_handle": flow("start", "handle"),
    "handle_choice": flow("handle", "choice"),
    "choice_yes": flow("choice", "yes", "受理", "=accepted"),
    "choice_no": flow("choice", "no", "退回", "=not(accepted)"),
}
SHAPES = {
    "start": shape("start", 100, 122, EVENT),
    "handle": shape("handle", 200, 100),
    "choice": shape("choice", 375, 115, GATEWAY, (360, 95, 80, 14)),
    "yes": shape("yes", 500, 122, EVENT),
    "no": shape("no", 500, 222, EVENT),
    "start_handle": edge("start_handle", (136, 140), (200, 140)),
    "handle_choice": edge("handle_choice", (300, 140), (375, 140)),
    "choice_yes": edge("choice_yes", (425, 140), (500, 140), label=(440, 122, 30, 14)),
    "choice_no": edge("choice_no", (400, 165), (400, 240), (500, 240), label=(405, 180, 30, 14)),
}


def drawn(body: dict[str, str] | None = None, **shapes: str) -> bytes:
    """The choice, with other pieces and shapes (an empty one is left out)."""
    return d.file(d.process(*(BODY | (body or {})).values()), plane("p", *(SHAPES | shapes).values()))


# ---------------------------------------------------------------------- what is measured


def test_a_drawing_that_keeps_every_limit_has_nothing_against_it() -> None:
    assert measured(drawn()).remarks == ()
    assert faults(drawn()) == []
    found = only(drawn())
    assert (found.plane, found.depth, found.nodes, found.crossings) == ("p", 0, 5, 0)
    assert (found.width, found.height) == (436, 177), (
        "from the start's left to the ends' right, from the question's top to below the name of the lower end"
    )


def test_only_flow_nodes_are_counted_and_everything_drawn_has_room() -> None:
    note = '<bpmn:textAnnotation id="note"><bpmn:text>第八条</bpmn:text></bpmn:textAnnotation><bpmn:association id="tie" sourceRef="note" targetRef="handle"/>'
    source = drawn({"note": note}, note=shape("note", 200, 20, (120, 40)), tie=edge("tie", (250, 60), (250, 100)))
    found = only(source)
    assert (found.nodes, found.height) == (5, 177 + 75)
    assert measured(source).remarks == ()


def test_a_collapsed_sub_process_has_its_own_plane_and_an_expanded_one_lies_on_its_parents() -> None:
    inside = d.chain("a", "b", "c")
    body = [
        d.start("s"),
        d.subprocess("part", d.start("a"), d.user("b"), d.end("c"), inside),
        d.end("e"),
        flow("s", "part"),
        flow("part", "e"),
    ]
    inner = [shape("a", 20, 20, EVENT), shape("b", 100, 0), shape("c", 300, 20, EVENT)]
    outer = [shape("s", 0, 300, EVENT), shape("e", 900, 300, EVENT)]
    collapsed = measured(d.file(d.process(*body), plane("p", *outer, shape("part", 300, 280)), plane("part", *inner)))
    assert [(found.plane, found.depth, found.nodes) for found in collapsed.planes] == [("p", 0, 3), ("part", 1, 3)]
    expanded = d.file(d.process(*body), plane("p", *outer, shape("part", 0, -20, (500, 200), isExpanded="true"), *inner))
    assert [(found.plane, found.nodes) for found in measured(expanded).planes] == [("p", 6)]
    assert not any("重叠" in message for message in faults(expanded)), "what lies in it does not lie on it"
    older = measured(d.file(d.process(*body), plane("p", *outer, shape("part", 300, 280), *inner)))
    assert [(found.plane, found.nodes) for found in older.planes] == [("p", 3), ("part", 3)], "kept on the parent's plane, shown on its own"


def test_pools_of_one_collaboration_share_a_plane() -> None:
    pools = '<bpmn:collaboration id="both"><bpmn:participant id="x" processRef="p"/><bpmn:participant id="y" processRef="q"/></bpmn:collaboration>'
    source = d.file(
        pools,
        d.process(d.start("s")),
        d.process(d.start("t"), id="q"),
        plane("both", shape("x", 0, 0, (300, 100)), shape("y", 0, 100, (300, 100)), shape("s", 50, 30, EVENT), shape("t", 50, 130, EVENT)),
    )
    found = only(source)
    assert (found.plane, found.nodes, found.width, found.height) == ("both", 2, 300, 200)


def test_letters_take_room_as_in_bpmn_js() -> None:
    """Widths as Chromium draws them at 11 px, to 7 %."""
    for text, width in (
        ("受理结论", 44.0),
        ("Approved", 47.1),
        ("2026 年预算", 60.5),
        ("willing", 30.0),
        ("“退回”", 29.3),
        ("提交 IT 项目申报", 81.9),
    ):
        assert lettering.width_of(text) == pytest.approx(width, rel=0.07), text
    assert lettering.laid_out("一二三四五六七八九十", 90).height == pytest.approx(2 * 13.2)
    assert lettering.laid_out("approve the project", 60).height == pytest.approx(2 * 13.2)
    assert lettering.laid_out("", 90).width == 0


@pytest.mark.parametrize(
    ("name", "length"), [("办理项目申报与审核意见", 11), ("审核 IT 项目", 6), ("第 2 次", 4), ("通过？", 3), ("ABC", 2), ("", 0)]
)
def test_a_letter_of_half_width_counts_half(name: str, length: int) -> None:
    assert lettering.length_of(name) == length


# ---------------------------------------------------------------------- room


def row(number: int, width: int = 120) -> bytes:
    """So many tasks beside one another, each in its place."""
    names = [f"t{index}" for index in range(number)]
    links = [
        edge(f"{one}_{other}", (100 + index * width, 40), ((index + 1) * width, 40))
        for index, (one, other) in enumerate(itertools.pairwise(names))
    ]
    body = [d.start("s"), *map(d.user, names), *(flow(one, other) for one, other in itertools.pairwise(names))]
    return d.file(
        d.process(*body),
        plane("p", shape("s", 0, 200, EVENT), *(shape(name, index * width, 0) for index, name in enumerate(names)), *links),
    )


def test_twenty_nodes_on_a_plane_are_enough() -> None:
    assert "PLANE_NODES" not in codes(row(19, 105))
    assert "有 21 个节点(边界事件也算),最多 20 个" in told(row(20, 105), "PLANE_NODES")


def test_a_plane_has_2100_by_1000_pixels() -> None:
    assert "PLANE_SIZE" not in codes(row(2, 2000))
    assert "宽 2101" in told(row(2, 2001), "PLANE_SIZE")
    assert "PLANE_SIZE" not in codes(drawn(no=shape("no", 500, 1045, EVENT)))
    assert "高 1001" in told(drawn(no=shape("no", 500, 1046, EVENT)), "PLANE_SIZE"), "the name below the event counts"


def stages(depth: int) -> bytes:
    """Sub-processes in one another, each with a plane."""
    body, planes = "", []
    for level in range(depth, 0, -1):
        body = d.subprocess(f"level_{level}", d.start(f"s{level}"), d.user(f"t{level}"), d.user(f"u{level}"), body)
        inner = [shape(f"level_{level + 1}", 400, 0)] if level < depth else []
        planes.append(
            plane(f"level_{level}", shape(f"s{level}", 0, 0, EVENT), shape(f"t{level}", 100, 0), shape(f"u{level}", 250, 0), *inner)
        )
    return d.file(d.process(d.start("s"), body), plane("p", shape("s", 0, 0, EVENT), shape("level_1", 100, 0)), *reversed(planes))


def test_stages_lie_two_deep_at_most() -> None:
    assert "PLANE_DEPTH" not in codes(stages(2))
    assert [found.depth for found in measured(stages(3)).planes] == [0, 1, 2, 3]
    assert "最多 2 层" in told(stages(3), "PLANE_DEPTH")


# ---------------------------------------------------------------------- lines


def grid(upright: int) -> bytes:
    """One flow across, and so many that go down through it."""
    pairs = [("a", "b"), *((f"u{index}", f"v{index}") for index in range(upright))]
    body = [d.start("s"), *(d.user(name) for pair in pairs for name in pair), *(flow(*pair) for pair in pairs)]
    shapes = [shape("s", 0, 600, EVENT), shape("a", 0, 200), shape("b", 1500, 200), edge("a_b", (100, 240), (1500, 240))]
    for index in range(upright):
        x = 200 + 150 * index
        shapes += [shape(f"u{index}", x, 0), shape(f"v{index}", x, 400), edge(f"u{index}_v{index}", (x + 50, 80), (x + 50, 400))]
    return d.file(d.process(*body), plane("p", *shapes))


def test_two_crossings_are_borne_and_a_third_is_not() -> None:
    assert (only(grid(2)).crossings, "PLANE_CROSSINGS" in codes(grid(2))) == (2, False)
    assert only(grid(3)).crossings == 3
    assert "“a”(a) → “b”(b) 的连线与 “u0”(u0) → “v0”(v0) 的连线" in told(grid(3), "PLANE_CROSSINGS")


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ([(0, 0), (10, 10)], [(0, 10), (10, 0)], 1),
        ([(0, 0), (10, 0)], [(0, 10), (10, 10)], 0),
        ([(0, 0), (50, 0), (100, 0)], [(50, -50), (50, 50)], 1),  # at a point where the one does not turn
        ([(0, 0), (50, 0), (50, 50)], [(50, -50), (50, 0), (100, 0)], 1),  # at a corner of both
        ([(0, 0), (100, 0)], [(50, 50), (50, 0)], 0),  # where the one ends
        ([(0, 0), (100, 0)], [(0, 50), (50, 50), (50, 0), (100, 0)], 0),  # they run into one target
        ([(0, 0), (100, 0)], [(0, 0), (50, 0), (50, 50)], 0),  # a fork
        ([(0, 0), (100, 0)], [(-50, 50), (20, 0), (70, 0), (90, 50)], 1),  # a stretch in common
        ([(0, 0), (100, 0)], [(100, 0), (0, 0)], 1),  # there and back on one line
        ([(0, 0), (100, 0), (100, 50), (0, 50)], [(50, -50), (50, 90)], 2),
    ],
)
def test_what_counts_as_a_crossing(one: list[tuple[int, int]], other: list[tuple[int, int]], number: int) -> None:
    lines = [[Point(*point) for point in line] for line in (one, other)]
    assert len(crossings(lines)) == number
    assert len(crossings(lines[::-1])) == number
    assert len(crossings([line[::-1] for line in lines])) == number, "the direction of both makes no difference"


def test_a_line_goes_through_no_shape() -> None:
    through = drawn(handle_choice=edge("handle_choice", (300, 140), (518, 140), (518, 80), (400, 80), (400, 115)))
    assert "穿过“已受理”(yes);请绕开" in told(through, "EDGE_THROUGH_SHAPE")
    assert only(through).through_shapes == 1
    past = drawn(handle_choice=edge("handle_choice", (300, 140), (340, 140), (340, 60), (400, 60), (400, 115)))
    assert only(past).through_shapes == 0
    corner = drawn(choice_no=edge("choice_no", (425, 140), (441, 140), (441, 240), (500, 240)))
    assert only(corner).through_shapes == 0


def test_the_true_outline_counts_not_the_box_around_it() -> None:
    diamond, line = Box(0, 0, 50, 50), (Point(0, 40), Point(12, 60))
    assert meet(line, diamond.corners)
    assert not meet(line, diamond.tips)
    assert not meet((Point(0, 0), Point(50, 0)), diamond.corners), "along the border is not through it"


def test_an_expanded_sub_process_around_the_ends_of_a_line_is_no_obstacle() -> None:
    body = d.subprocess("outer", d.start("o"), d.subprocess("part", d.start("a"), d.user("b"), flow("a", "b")))
    shapes = [
        shape("s", 0, 0, EVENT),
        shape("outer", 50, -50, (500, 300), isExpanded="true"),
        shape("o", 60, 200, EVENT),
        shape("part", 100, 0, (400, 180), isExpanded="true"),
        shape("a", 120, 80, EVENT),
        shape("b", 300, 58),
        edge("a_b", (156, 98), (300, 98)),
    ]
    assert only(d.file(d.process(d.start("s"), body), plane("p", *shapes))).through_shapes == 0
    past = [shape("far", 600, 0), edge("s_far", (36, 18), (600, 18))]
    other = d.file(d.process(d.start("s"), body, d.user("far"), flow("s", "far")), plane("p", *shapes, *past))
    assert only(other).through_shapes == 2, "a line from outside to outside goes through both"


def test_a_line_begins_and_ends_at_a_border() -> None:
    assert "终点不在“办理申请”(handle)的边上" in told(drawn(start_handle=edge("start_handle", (136, 140), (180, 140))), "EDGE_END")
    assert "起点不在" in told(drawn(start_handle=edge("start_handle", (118, 140), (200, 140))), "EDGE_END")
    assert only(drawn(start_handle=edge("start_handle", (137, 140), (198, 140)))).loose_ends == 0, "a pixel or two are rounding"


def test_a_line_leaves_a_gateway_at_a_corner() -> None:
    slanting = drawn(choice_yes=edge("choice_yes", (412, 128), (470, 128), (500, 140)))
    assert "不是从网关的角上出去的" in told(slanting, "EDGE_END")


# ---------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("shapes", "on"),
    [
        (
            {"choice_yes": edge("choice_yes", (425, 140), (500, 140), label=(440, 133, 30, 14))},
            "“是否受理？”(choice) → “已受理”(yes) 的连线",
        ),
        ({"choice": shape("choice", 375, 115, GATEWAY, (180, 130, 80, 14))}, "“办理申请”(handle)"),
        ({"choice": shape("choice", 375, 115, GATEWAY, (360, 133, 80, 14))}, "“是否受理？”(choice)"),
        ({"choice_yes": edge("choice_yes", (425, 140), (500, 140), label=(385, 95, 30, 14))}, "名称“是否受理？”"),
    ],
    ids=["line", "shape", "its own shape", "another name"],
)
def test_no_name_lies_on_anything(shapes: dict[str, str], on: str) -> None:
    found = [remark.message for remark in measured(drawn(**shapes)).remarks if remark.code == "LABEL_COVERED"]
    assert found
    assert any(on in message for message in found), found


def test_a_wide_label_covers_only_where_its_letters_are() -> None:
    assert only(drawn(choice=shape("choice", 375, 115, GATEWAY, (260, 90, 280, 14)))).covered_labels == 0
    across = drawn(choice_no=edge("choice_no", (400, 165), (400, 240), (500, 240), label=(370, 180, 60, 14)))
    assert only(across).covered_labels == 1
    right = drawn(choice_no=edge("choice_no", (400, 165), (400, 240), (500, 240), label=(396, 180, 70, 14)))
    assert only(right).covered_labels == 0, "the box is on the line, the letters are beside it"


def test_a_name_lies_on_no_lane_border() -> None:
    body = {"lanes": lanes({"lane_office": list(BODY)[:5]})}
    assert "的边框" in told(drawn(body, lane=shape("lane_office", 60, 50, (600, 217))), "LABEL_COVERED")
    assert codes(drawn(body, lane=shape("lane_office", 60, 50, (600, 250)))) == []


def test_without_a_place_in_the_file_a_name_stands_where_bpmn_js_puts_it() -> None:
    read = drawing.read(read_with_tree(drawn(choice_yes=edge("choice_yes", (425, 140), (500, 140))), "x.bpmn")[1])
    label = read.planes[0].edges["choice_yes"].label
    assert label is not None
    assert label.box == Box(452, 115, 474, 129), "15 px above the middle"


# ---------------------------------------------------------------------- words


def test_a_choice_carries_its_question() -> None:
    assert "没有写要判断的问题" in told(drawn({"choice": d.exclusive("choice")}), "QUESTION_MISSING")
    assert (
        codes(
            drawn(
                {"choice": named("parallelGateway", "choice", ""), "choice_yes": flow("choice", "yes"), "choice_no": flow("choice", "no")}
            )
        )
        == []
    )


def test_what_leaves_a_choice_carries_the_answer() -> None:
    assert "的连线没有写答案" in told(drawn({"choice_no": flow("choice", "no", "", "=not(accepted)")}), "ANSWER_MISSING")
    assert only(drawn({"choice_no": flow("choice", "no", " ", "=not(accepted)")})).unlabelled_answers == 1, "a blank is no answer"
    conditional = drawn({"handle_choice": flow("handle", "choice", "", "=ready")})
    assert "“办理申请”(handle) → “是否受理？”(choice)" in told(conditional, "ANSWER_MISSING")


def test_an_exclusive_gateway_shows_no_cross() -> None:
    for value, number in (("true", 1), ("1", 1), ("false", 0)):
        assert only(drawn(choice=shape("choice", 375, 115, GATEWAY, (360, 95, 80, 14), isMarkerVisible=value))).cross_markers == number


def test_two_flows_enter_the_next_element_without_a_gateway() -> None:
    body = [
        d.start("a"),
        d.user("b"),
        named("exclusiveGateway", "meet", ""),
        d.user("next"),
        flow("a", "b"),
        flow("a", "meet"),
        flow("b", "meet"),
        flow("meet", "next"),
    ]
    shapes = [shape("a", 0, 0, EVENT), shape("b", 0, 200), shape("meet", 200, 100, GATEWAY), shape("next", 400, 85)]
    source = d.file(d.process(*body), plane("p", *shapes))
    assert "只用来汇合" in told(source, "GATEWAY_MERGES")
    both = drawn({"other": d.user("other"), "other_choice": flow("other", "choice")}, other=shape("other", 200, 0))
    assert only(both).merging_gateways == 0, "it asks a question"


def test_a_name_has_twelve_characters_at_most() -> None:
    assert only(drawn({"handle": named("userTask", "handle", "一二三四五六七八九十再二")})).long_names == 0
    assert "有 13 个字,最多 12 个" in told(drawn({"handle": named("userTask", "handle", "一二三四五六七八九十再三了")}), "NAME_LONG")


def test_an_end_is_not_left_of_what_it_comes_from() -> None:
    below = edge("choice_no", (400, 165), (400, 222), label=(405, 180, 30, 14))
    assert codes(drawn(no=shape("no", 382, 222, EVENT), choice_no=below)) == []
    left = edge("choice_no", (400, 165), (400, 240), (336, 240), label=(405, 180, 30, 14))
    assert "画在它的来源“是否受理？”(choice)的左边" in told(drawn(no=shape("no", 300, 222, EVENT), choice_no=left), "END_BACKWARDS")


# ---------------------------------------------------------------------- lanes and stages

LANE = {"lane": shape("lane_office", 60, 50, (600, 250))}


@pytest.mark.parametrize(
    ("name", "right"),
    [("lane_office", True), ("lane_data_bureau", True), ("office", False), ("lane_Office", False), ("lane_office__p", False)],
)
def test_a_lanes_id_says_whose_it_is(name: str, right: bool) -> None:
    source = drawn({"lanes": lanes({name: list(BODY)[:5]})}, lane=shape(name, 60, 50, (600, 250)))
    assert ("LANE_ID" in codes(source)) is not right


@pytest.mark.parametrize(
    ("name", "right"), [("lane_office__part", True), ("lane_office", False), ("lane_office_part", False), ("lane_office__other", False)]
)
def test_a_lanes_id_in_a_sub_process_has_its_id_behind_it(name: str, right: bool) -> None:
    part = d.subprocess("part", lanes({name: ["t", "u"]}), d.start("a"), d.user("t"), d.user("u"))
    shapes = [shape(name, 0, 0, (500, 200)), shape("a", 50, 50, EVENT), shape("t", 150, 30), shape("u", 300, 30)]
    source = d.file(d.process(d.start("s"), part), plane("p", shape("s", 0, 0, EVENT), shape("part", 100, 0)), plane("part", *shapes))
    assert ("LANE_ID" in codes(source)) is not right


def test_where_there_are_lanes_every_task_lies_in_its_own() -> None:
    assert codes(drawn({"lanes": lanes({"lane_office": list(BODY)[:5]})}, **LANE)) == []
    unnamed = drawn({"lanes": lanes({"lane_office": ["start", "choice", "yes", "no"]})}, **LANE)
    assert "“办理申请”(handle)不在任何泳道里" in told(unnamed, "LANE_OUTSIDE")
    low = drawn({"lanes": lanes({"lane_office": list(BODY)[:5]})}, lane=shape("lane_office", 60, 160, (600, 150)))
    assert "不在任何泳道里" in told(low, "LANE_OUTSIDE")
    two = drawn(
        {"lanes": lanes({"lane_office": ["handle"], "lane_other": ["yes"]})},
        one=shape("lane_office", 60, 190, (600, 110)),
        other=shape("lane_other", 60, 50, (600, 140)),
    )
    assert "属于泳道“lane_office”,却画在别处" in told(two, "LANE_OUTSIDE")


def chapter(*more: str, inside: tuple[str, ...] = ("t", "u"), drawn: tuple[str, ...] = ()) -> bytes:
    """A process with one stage."""
    part = named("subProcess", "part", "受理", "".join([d.start("a"), *map(d.user, inside)]))
    shapes = [shape("s", 0, 0, EVENT), shape("part", 100, 0), *drawn]
    inner = [shape("a", 0, 0, EVENT), *(shape(name, 100 + 150 * index, 0) for index, name in enumerate(inside))]
    return d.file(d.process(d.start("s"), part, *more), plane("p", *shapes), plane("part", *inner))


def test_a_top_plane_with_stages_has_nothing_else() -> None:
    assert codes(chapter()) == []
    assert "“alone”(alone)请移进一个阶段" in told(chapter(d.user("alone"), drawn=(shape("alone", 300, 0),)), "TOP_PLANE")
    with_lane = chapter(lanes({"lane_office": ["part"]}), drawn=(shape("lane_office", -50, -50, (400, 200)),))
    assert "不画泳道" in told(with_lane, "TOP_PLANE")


def test_a_stage_has_two_tasks_calls_or_waits() -> None:
    assert "阶段“受理”(part)里只有 1 个任务" in told(chapter(inside=("t",)), "STAGE_SMALL")
    assert codes(chapter(inside=("t", "u"))) == []


# ---------------------------------------------------------------------- what is not shown


def test_what_has_no_shape_or_is_no_element_is_told() -> None:
    assert faults(drawn(handle="", start_handle="")) == ["图上没有画出这个元素", "图上没有画出这条连线"]
    assert faults(drawn(more=shape("nobody", 0, 0))) == ["画着“nobody”,但流程里没有这个元素;请删除这个图形"]
    assert faults(drawn(more=shape("yes", 700, 122, EVENT))) == ["图上画了两次,只显示第一个;请删除多余的图形"]
    assert faults(drawn(yes=shape("yes", 480, 222, EVENT))) == ["与元素 yes 重叠"]


def test_planes_do_not_stand_on_one_another() -> None:
    assert faults(chapter()) == []


def test_an_element_on_another_sub_processs_plane_is_not_shown() -> None:
    one, two = d.subprocess("one", d.start("a"), d.user("t")), d.subprocess("two", d.start("b"), d.user("u"))
    source = d.file(
        d.process(d.start("s"), one, two),
        plane("p", shape("s", 0, 0, EVENT), shape("one", 100, 0), shape("two", 300, 0)),
        plane("one", shape("a", 0, 0, EVENT), shape("t", 100, 0), shape("u", 300, 0)),
        plane("two", shape("b", 0, 0, EVENT)),
    )
    assert faults(source) == ["画在“one”的图上,但不属于它,不会显示;请画到它所在的子流程里"]


PLACE, WAY, LABEL = "图上的位置或大小不是数字", "连线的走向(waypoint)不全", "图上名称的位置或大小不是数字"
HOSTILE = {
    "no number": (shape("start", "links", 0), PLACE),
    "nan": (shape("start", "NaN", 0), PLACE),
    "infinite": (shape("start", 0, "1e400"), PLACE),
    "huge": (shape("start", 10**12, 0), PLACE),
    "negative": (shape("start", 0, 0, (-5, 10)), "图上的宽或高不是正数"),
    "flat": (shape("start", 0, 0, (0, 0)), "图上的宽或高不是正数"),
    "no bounds": ('<bpmndi:BPMNShape bpmnElement="start"/>', "没有位置和大小"),
    "no waypoint": (edge("start_handle"), WAY),
    "one waypoint": (edge("start_handle", (0, 0)), WAY),
    "odd waypoint": (edge("start_handle", (0, 0), (5, 5), ("nan", 0)), WAY),
    "odd label": (shape("start", 0, 0, EVENT, ("x", 0, 1, 1)), LABEL),
    "nothing named": ('<bpmndi:BPMNShape><dc:Bounds x="0" y="0" width="1" height="1"/></bpmndi:BPMNShape>', "没有写明画的是哪个元素"),
    "a plane on a plane": (plane("p", shape("start", 0, 0)), "图上没有画出这个元素"),
    "an edge of a node": (edge("start", (0, 0), (5, 5)), "start 不是连线,不能画成连线"),
    "a shape of a flow": (shape("start_handle", 0, 0), "start_handle 不能画成图形"),
    "a shape of the process": (shape("p", 0, 0), "p 不能画成图形"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_drawing_is_told_and_breaks_nothing(name: str) -> None:
    broken, message = HOSTILE[name]
    body = {**BODY, "start": named("startEvent", "start", "开始")}
    source = d.file(d.process(*body.values()), plane("p", broken))
    assert any(message in found for found in faults(source)), faults(source)
    assert measured(source).shares.nodes == 5


@pytest.mark.parametrize("of", ["", "nobody", "handle"])
def test_a_plane_of_nothing_is_told(of: str) -> None:
    assert faults(d.file(d.process(d.start("s")), plane(of, shape("s", 0, 0))))[0].startswith("有一张图(BPMNPlane)没有写明")


def test_a_plane_with_hundreds_of_lines_on_one_spot_is_measured_in_time() -> None:
    names = [f"t{index}" for index in range(600)]
    pairs = list(itertools.pairwise(names))
    body = [d.start("s"), *map(d.user, names), *(flow(*pair) for pair in pairs)]
    lines = [
        edge(f"{one}_{other}", *((index * bend % 97, index * bend % 89) for bend in range(1, 8)))
        for index, (one, other) in enumerate(pairs)
    ]
    source = d.file(d.process(*body), plane("p", *(shape(name, index % 50, 0) for index, name in enumerate(names)), *lines))
    root = xml.load(source, "x.bpmn")
    assert effort(lambda: measures.measure("x.bpmn", root, drawing.read(root))) < 6_000_000


NUMBERS = st.one_of(st.integers(-50, 700), st.floats(), st.sampled_from(["", "x", "1e9", "-0", " 7 "]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_drawing_crashes_the_measures(data: st.DataObject) -> None:
    """Random places for everything, some left out, some twice."""
    places = st.tuples(NUMBERS, NUMBERS)
    nodes = data.draw(st.lists(st.sampled_from(list(BODY)), max_size=10))
    drawn = []
    for name in nodes:
        if data.draw(st.booleans()):
            label = data.draw(st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
            drawn.append(
                shape(name, *data.draw(places), data.draw(places), label, isExpanded=data.draw(st.sampled_from(["true", "maybe"])))
            )
        else:
            drawn.append(edge(name, *data.draw(st.lists(places, max_size=4))))
    source = d.file(d.process(*BODY.values()), plane(data.draw(st.sampled_from(["p", "handle", "x"])), *drawn))
    for found in measured(source).planes:
        assert found.nodes <= 5
        assert found.width >= 0
    faults(source)


# ---------------------------------------------------------------------- examples that keep the limits

SIZES = {
    "fengxian.declaration.bpmn": {"declaration": (19, 2080, 830)},
    "review.bpmn": {
        "review": (14, 968, 306),
        "listing": (10, 854, 293),
        "pre_review": (9, 1140, 520),
        "budget": (6, 820, 360),
        "examination": (16, 1500, 770),
        "joint_review": (13, 1640, 560),
        "decentralised": (10, 1210, 450),
        "establishment": (9, 1140, 380),
        "final_text": (6, 960, 460),
    },
}


@pytest.mark.parametrize("name", SIZES)
def test_the_examples_keep_every_limit_of_a_drawing(name: str) -> None:
    found = measured((EXAMPLES / name).read_bytes())
    assert {plane.plane: (plane.nodes, plane.width, plane.height) for plane in found.planes} == SIZES[name]
    assert {plane.crossings for plane in found.planes} == {0}
    # Older than the rules for lanes' ids and for collections.
    known = {"LANE_ID": 21, "MAPPING": 1} if name == "review.bpmn" else {}
    assert Counter(remark.code for remark in found.remarks) == known
    assert faults((EXAMPLES / name).read_bytes()) == []
