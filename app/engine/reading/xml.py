"""Bytes to an XML tree, refusing what is not a plain BPMN file before anything is expanded or fetched."""

import re
from functools import lru_cache
from typing import TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from app.decision.xml_faults import in_chinese
from app.engine.codes import DiagramCode
from app.engine.errors import DiagramError, DiagramProblem

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
LARGEST = 5 * 1024 * 1024
ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "gbk", "gb2312", "gb18030", "iso-8859-1"})

Node: TypeAlias = etree._Element

_PROLOG = re.compile(rb"\s*(?:<\?(?P<instruction>.*?)\?>|<!--.*?-->)", re.DOTALL)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


def load(source: bytes, name: str) -> Node:
    """The root ``definitions`` element. Raises DiagramError."""
    if len(source) > LARGEST:
        raise refusal(name, DiagramCode.XML_SIZE, f"文件有 {len(source) // 1024 // 1024} MB,超过上限 {LARGEST // 1024 // 1024} MB")
    if not source.strip():
        raise refusal(name, DiagramCode.XML_EMPTY, "文件是空的")
    if source[:2] in (b"\xff\xfe", b"\xfe\xff") or source[:4] in (b"\x00\x00\xfe\xff", b"<\x00?\x00", b"\x00<\x00?"):
        raise refusal(name, DiagramCode.XML_ENCODING, "文件的编码是 UTF-16 或 UTF-32,请另存为 UTF-8")
    if b"\x00" in source:
        raise refusal(name, DiagramCode.XML_NUL, "文件含有空字节(NUL),不是文本文件")
    _check_prolog(source, name)
    try:
        root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        if "depth" in str(error).lower():
            raise refusal(name, DiagramCode.XML_DEPTH, "XML 嵌套过深", line) from error
        raise refusal(name, DiagramCode.XML_SYNTAX, f"不是有效的 XML:{in_chinese(error.msg or '', *error.position)}", line) from error
    except ValueError as error:
        raise refusal(name, DiagramCode.XML_SYNTAX, "不是有效的 XML:文件的编码读不出来,请另存为 UTF-8") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal(name, DiagramCode.XML_DOCTYPE, "文件含有 DOCTYPE 声明,为安全起见不予读取")
    if root.tag != BPMN + "definitions":
        found = etree.QName(root)
        what = "DMN 决策文件" if "/DMN/" in (found.namespace or "") else f"根元素是 {found.localname}(命名空间 {found.namespace or '空'})"
        raise refusal(name, DiagramCode.NOT_BPMN, f"不是 BPMN 2.0 文件:{what},应为 BPMN 的 definitions", root.sourceline or 0)
    return root


def _check_prolog(source: bytes, name: str) -> None:
    """Look at everything before the root element: declarations are refused before a parser sees them."""
    position = 3 if source.startswith(b"\xef\xbb\xbf") else 0
    while found := _PROLOG.match(source, position):
        instruction = found["instruction"] or b""
        if instruction.startswith(b"xml-stylesheet"):
            raise refusal(name, DiagramCode.XML_STYLESHEET, "文件含有样式表指令(xml-stylesheet),为安全起见不予读取")
        if instruction.startswith(b"xml") and (declared := _ENCODING.search(instruction)):
            encoding = declared[1].decode("ascii").lower()
            if encoding not in ENCODINGS:
                raise refusal(name, DiagramCode.XML_ENCODING, f"文件声明的编码 {encoding} 不受支持,请另存为 UTF-8")
        position = found.end()
    if source[position : position + 200].lstrip()[:9].upper() == b"<!DOCTYPE":
        html = b"html" in source[position : position + 200].lower()
        raise refusal(
            name,
            DiagramCode.NOT_BPMN if html else DiagramCode.XML_DOCTYPE,
            "是 HTML 网页,不是 BPMN 文件" if html else "文件含有 DOCTYPE 声明,为安全起见不予读取",
        )


def refusal(name: str, code: DiagramCode, message: str, line: int = 0) -> DiagramError:
    return DiagramError([DiagramProblem(name, "", line, code, message)])


def local(node: Node) -> str:
    """The tag without its namespace."""
    return _split(node.tag)[1]


def written(node: Node) -> str:
    """All the text that stands directly in a node, also behind its children (expressions have mixed content)."""
    return "".join([node.text or "", *(child.tail or "" for child in node)]).strip()


def is_bpmn(node: Node) -> bool:
    return _split(node.tag)[0] == BPMN


@lru_cache(maxsize=4096)
def _split(tag: object) -> tuple[str, str]:
    """``{namespace}`` and name; a comment or instruction has neither."""
    space, _, name = tag.rpartition("}") if isinstance(tag, str) else ("", "", "")
    return space + "}" if space else "", name


def extension(node: Node, name: str) -> Node | None:
    """The zeebe extension ``name`` of a node."""
    for holder in node.iterchildren(BPMN + "extensionElements"):
        found = holder.find(ZEEBE + name)
        if found is not None:
            return found
    return None
