"""Word files: placeholders in paragraphs of the text, its tables, text boxes, headers and footers; a table row that names a list is repeated for each of its rows.

Word cuts a text into runs wherever it likes, within a placeholder too: a paragraph is read as a whole, and what is filled in stands in the run in which the
placeholder begins, so that it looks as that does. No library is used but the XML parser: what nobody knows of a file is left in it as it is.
"""

import copy
import re
from collections.abc import Iterator, Mapping

from lxml import etree  # type: ignore[import-untyped]

from app.domain.templates import Contents, Placeholder, Template, TemplateRefused, placeholders, repeated
from app.printing import packages
from app.printing.packages import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NUMBERED = tuple(
    "{http://schemas.microsoft.com/office/word/2010/wordml}" + name for name in ("paraId", "textId")
)  # of no two paragraphs the same
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_FIELDS = frozenset({"page", "numpages", "sectionpages"})  # what Word may work out by itself: it fetches nothing
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
_MOST_ROWS = 5_000


def read(template_id: str, package: Package, source: bytes) -> Template:
    """Raises TemplateRefused."""
    problems: list[str] = []
    found: list[Placeholder] = []
    rows: list[tuple[Placeholder, ...]] = []
    for tree in _texts(package.trees):
        problems += [f"域“{code}”会执行或取外部内容,模板里只能有页码({'、'.join(sorted(_FIELDS)).upper()})" for code in _fields(tree)]
        for paragraph in tree.iter(_W + "p"):
            try:
                found += [one for _, one in placeholders(_text_of(paragraph), in_row=_around(paragraph, "tr") is not None)]
            except TemplateRefused as error:
                problems += error.problems
        if not problems:
            for row in tree.iter(_W + "tr"):
                if inside := tuple(_of_row(row)):
                    rows.append(inside)
    return packages.template(template_id, package, ending=".docx", source=source, rows=rows, found=found, problems=problems)


def filled(template: Template, contents: Contents) -> bytes:
    """Raises TemplateRefused."""
    package = packages.opened(template.source, template.ending)
    members = dict(package.members)
    for name, tree in package.trees.items():
        if _PARTS.fullmatch(name):
            _fill(tree, contents)
            members[name] = packages.written(tree)
        elif name == packages.CORE:
            members[name] = packages.properties(tree, contents.stamp.name, contents.stamp.on)
    return packages.packed(members)


def _texts(trees: Mapping[str, etree._Element]) -> Iterator[etree._Element]:
    return (tree for name, tree in trees.items() if _PARTS.fullmatch(name))


def _fields(tree: etree._Element) -> Iterator[str]:
    """Field codes that are not mere page numbers: simple ones, and those that are written in pieces between their marks."""
    codes = [str(node.get(_W + "instr", "")) for node in tree.iter(_W + "fldSimple")]
    open_ones: list[str] = []
    for node in tree.iter(_W + "fldChar", _W + "instrText"):
        if node.tag == _W + "instrText":
            open_ones = [*open_ones[:-1], (open_ones[-1] if open_ones else "") + (node.text or "")]
        elif node.get(_W + "fldCharType") == "begin":
            open_ones.append("")
        elif node.get(_W + "fldCharType") == "end" and open_ones:
            codes.append(open_ones.pop())
    for code in (*codes, *open_ones):
        word = code.split()[0].lower() if code.split() else ""
        if word not in _FIELDS and code.strip():
            yield word[:40].upper()


# ---------------------------------------------------------------------- paragraphs


def _around(node: etree._Element, tag: str) -> etree._Element | None:
    return next(node.iterancestors(_W + tag), None)


def _pieces(paragraph: etree._Element) -> list[etree._Element]:
    """The texts of a paragraph, those of text boxes within it left out: they are paragraphs of their own."""
    return [node for node in paragraph.iter(_W + "t") if _around(node, "p") is paragraph]


def _text_of(paragraph: etree._Element) -> str:
    return "".join(node.text or "" for node in _pieces(paragraph))


def _of_row(row: etree._Element) -> Iterator[Placeholder]:
    """The placeholders of a table row, those of tables within it left out."""
    for paragraph in row.iter(_W + "p"):
        if _around(paragraph, "tr") is row:
            yield from (one for _, one in placeholders(_text_of(paragraph)))


def _fill(tree: etree._Element, contents: Contents) -> None:
    for row in list(tree.iter(_W + "tr")):
        head = repeated(list(_of_row(row)), contents.values)
        if head is not None:
            _repeat(row, head, contents)
    for paragraph in tree.iter(_W + "p"):
        _fill_in(paragraph, contents, None)
    for piece in list(tree.iter(_W + "t")):
        _break_lines(piece)


def _repeat(row: etree._Element, head: str, contents: Contents) -> None:
    """A table row for each row of a list; of an empty one it stays, with nothing filled in."""
    count = max(1, len(contents.values[head]))
    if count > _MOST_ROWS:
        raise TemplateRefused([f"“{head}”有 {count} 行,一份文件最多打印 {_MOST_ROWS} 行"])
    last = row
    copies = [row, *(copy.deepcopy(row) for _ in range(count - 1))]
    for number, one in enumerate(copies):
        if number:
            for node in one.iter():
                for name in _NUMBERED:
                    node.attrib.pop(name, None)
            last.addnext(one)
            last = one
        for paragraph in one.iter(_W + "p"):
            _fill_in(paragraph, contents, (head, number))


def _fill_in(paragraph: etree._Element, contents: Contents, row: tuple[str, int] | None) -> None:
    pieces = _pieces(paragraph)
    text = "".join(node.text or "" for node in pieces)
    if "{{" not in text:
        return
    for found, one in reversed(list(placeholders(text))):
        _put(pieces, *found.span(), _marked(contents.text(one, row)))


# A value may look like a placeholder itself: its braces are kept apart until the whole file is filled in.
_OPEN, _SHUT = "\ue000", "\ue001"


def _marked(text: str) -> str:
    clean = _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace(_OPEN, "").replace(_SHUT, "")
    return clean.replace("{", _OPEN).replace("}", _SHUT)


def _put(pieces: list[etree._Element], start: int, end: int, value: str) -> None:
    """Put a value in the place of the signs from ``start`` to ``end`` of a paragraph's text."""
    at = 0
    for node in pieces:
        text = node.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            node.text = text[:first] + value + text[last:]
            node.set(_SPACE, "preserve")
            value = ""
        at += len(text)


def _break_lines(piece: etree._Element) -> None:
    """Braces of values again; a line of a value is a line on paper."""
    if piece.text is None:
        return
    first, *rest = piece.text.replace(_OPEN, "{").replace(_SHUT, "}").split("\n")
    piece.text = first
    last = piece
    for line in rest:
        mark, following = etree.Element(_W + "br"), etree.Element(_W + "t")
        following.text = line
        following.set(_SPACE, "preserve")
        last.addnext(mark)
        mark.addnext(following)
        last = following
