"""Boxes, outlines and lines of a drawing, in its own pixels: x to the right, y downwards."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

SAME = 1.5  # two points as near as this are one: modelers round what they save to whole pixels
ROUND = 16  # corners of what stands for a circle
MOST_SIDE_BY_SIDE = 500  # things compared with one: more at one place are told soon enough


class Point(NamedTuple):
    x: float
    y: float


Outline: TypeAlias = tuple[Point, ...]  # the corners of something convex, in order; two for a line


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> Point:
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    @property
    def corners(self) -> Outline:
        return Point(self.left, self.top), Point(self.right, self.top), Point(self.right, self.bottom), Point(self.left, self.bottom)

    @property
    def tips(self) -> Outline:
        """The corners of the diamond in it."""
        middle = self.middle
        return Point(middle.x, self.top), Point(self.right, middle.y), Point(middle.x, self.bottom), Point(self.left, middle.y)

    @property
    def circle(self) -> Outline:
        middle = self.middle
        turns = [2 * math.pi * number / ROUND for number in range(ROUND)]
        return tuple(Point(middle.x + math.cos(turn) * self.width / 2, middle.y + math.sin(turn) * self.height / 2) for turn in turns)

    def holds(self, point: Point) -> bool:
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom


def around(points: Iterable[Point]) -> Box:
    """The smallest box around points, of which there is at least one."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def near(one: Point, other: Point, within: float = SAME) -> bool:
    return math.dist(one, other) <= within


def distance(point: Point, line: tuple[Point, Point]) -> float:
    """From a point to a line between two points."""
    start, end = line
    length = math.dist(start, end)
    if length == 0:
        return math.dist(point, start)
    share = ((point.x - start.x) * (end.x - start.x) + (point.y - start.y) * (end.y - start.y)) / length**2
    share = min(1.0, max(0.0, share))
    return math.dist(point, (start.x + share * (end.x - start.x), start.y + share * (end.y - start.y)))


def sides(outline: Outline) -> Iterator[tuple[Point, Point]]:
    yield from pairwise((*outline, outline[0]))


def meet(one: Outline, other: Outline, depth: float = 1.0) -> bool:
    """Whether two convex outlines lie on one another, deeper than ``depth``: no axis parts them (the axes are the normals of their sides)."""
    for start, end in (*sides(one), *sides(other)):
        length = math.dist(start, end)
        if length == 0:
            continue
        axis = Point((start.y - end.y) / length, (end.x - start.x) / length)
        mine, theirs = ([axis.x * point.x + axis.y * point.y for point in outline] for outline in (one, other))
        if max(mine) <= min(theirs) + depth or max(theirs) <= min(mine) + depth:
            return False
    return True


def pairs(boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Numbers of the boxes that touch. From left to right, each against those that still reach it: a long diagram is not compared all with all."""
    reaching: list[int] = []
    for number in sorted(range(len(boxes)), key=lambda index: boxes[index].left):
        box = boxes[number]
        reaching = [other for other in reaching if boxes[other].right >= box.left][-MOST_SIDE_BY_SIDE:]
        yield from ((other, number) for other in reaching if boxes[other].top <= box.bottom and box.top <= boxes[other].bottom)
        reaching.append(number)


def crossings(lines: Sequence[Sequence[Point]]) -> list[tuple[int, int]]:
    """Numbers of two lines for each place at which they cross.

    A place counts where they meet at a point that is an end of neither, and where one lies on the other for a stretch, unless they begin or end together there
    (a fork at one source, two that run into one target)."""
    parts = [(number, part) for number, line in enumerate(lines) for part in pairwise(line)]
    meetings: dict[tuple[int, int], list[Outline]] = {}
    for first, second in pairs([around(part) for _, part in parts]):
        (one, mine), (other, theirs) = parts[first], parts[second]
        stretch = _common(mine, theirs) if one != other else None
        if stretch is not None:
            meetings.setdefault((min(one, other), max(one, other)), []).append(stretch)
    return [
        (one, other)
        for (one, other), stretches in sorted(meetings.items())
        for place in _places(stretches)
        if _is_crossing(place, lines[one], lines[other])
    ]


def _common(mine: tuple[Point, Point], theirs: tuple[Point, Point]) -> Outline | None:
    """The point at which two straight lines meet, or the two ends of the stretch on which they lie on one another."""
    (a, b), (c, d) = mine, theirs
    turn = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x)
    if abs(turn) > 0.01 * math.dist(a, b) * math.dist(c, d):
        share = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / turn
        point = Point(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y))
        return (point,) if distance(point, mine) <= 0.5 and distance(point, theirs) <= 0.5 else None
    shared = [point for point in mine if distance(point, theirs) < SAME] + [point for point in theirs if distance(point, mine) < SAME]
    if not shared:
        return None
    return min(shared), max(shared)


def _places(stretches: list[Outline]) -> list[list[Point]]:
    """Points of one meeting: a stretch that goes round a bend is one."""
    places: list[list[Point]] = []
    for stretch in sorted(stretches):
        touching = [place for place in places if any(near(point, other) for point in place for other in stretch)]
        places = [place for place in places if place not in touching]
        places.append([*stretch, *(point for place in touching for point in place)])
    return places


def _is_crossing(place: list[Point], one: Sequence[Point], other: Sequence[Point]) -> bool:
    def ends(point: Point) -> bool:
        return any(near(point, end) for end in (one[0], one[-1], other[0], other[-1]))

    if all(near(place[0], point) for point in place):
        return not ends(place[0])
    return not any(
        near(mine, theirs) and any(near(mine, point) for point in place) for mine, theirs in ((one[0], other[0]), (one[-1], other[-1]))
    )
