"""XML of decision files, read safely: bytes in, an lxml element out, one clear DmnError for anything else.

Nothing outside the bytes is ever touched: a DOCTYPE (the only way to entities) is refused before parsing, the network is off, depth and text
sizes keep libxml2's limits. Sizes are checked before the parser sees the bytes.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from app.decision.codes import DmnCode
from app.decision.dmn.problems import DmnError, Place, report
from app.decision.xml_faults import in_chinese

Element = Any
"""An lxml element: lxml ships no types."""

SOURCE_BYTES: Final = 4 * 1024 * 1024
TAGS: Final = 300_000
TEXT_CHARACTERS: Final = 50_000

VERSIONS: Final[dict[str, str]] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

_PROLOG: Final = re.compile(r"\A\ufeff?(?:\s+|<\?.*?\?>|<!--.*?-->)*(<!DOCTYPE\b[^>]{0,200}|<[^>]{0,200}|)", re.DOTALL | re.IGNORECASE)
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


def read(source: bytes, *, name: str = "") -> tuple[Element, str]:
    """The `definitions` element and the DMN version ("1.1" … "1.5") of a decision file.

    `source` is the file's bytes in any encoding that XML allows. Raises DmnError with one problem when the bytes are empty, too large, carry a
    DOCTYPE, are not well-formed XML or are not DMN.
    """
    root = read_xml(source, name=name)
    return root, _version(root, name)


def read_xml(source: bytes, *, name: str = "") -> Element:
    """The root element of any XML document under the same precautions. Raises DmnError."""
    if not source.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise _refuse(DmnCode.EMPTY, "文件是空的，请上传建模器保存的 .dmn 文件", name)
    if len(source) > SOURCE_BYTES:
        raise _refuse(
            DmnCode.TOO_LARGE, f"文件有 {len(source) / 1048576:.1f} MB，超过上限 {SOURCE_BYTES // 1048576} MB，请拆成几个决策文件", name
        )
    if source.count(b"<") > TAGS:
        raise _refuse(DmnCode.TOO_LARGE, f"文件里的元素太多，超过上限 {TAGS} 个标签，请拆成几个决策文件", name)
    _refuse_doctype(source, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise _refuse(*_explain(error), name, line=error.lineno or None) from error
    except (ValueError, LookupError) as error:
        raise _refuse(DmnCode.ENCODING, "文件的编码读不出来，请另存为 UTF-8", name) from error
    if root.getroottree().docinfo.doctype:
        raise _refuse(DmnCode.DOCTYPE, "文件含有 DOCTYPE 声明，出于安全一律不收，请删去这一行", name)
    return root


def _refuse_doctype(source: bytes, name: str) -> None:
    """Look at the prolog in the file's own encoding, before any parser does."""
    encoding = next((codec for mark, codec in _BOMS if source.startswith(mark)), "utf-8")
    head = source[:65536].decode(encoding, errors="replace")
    found = _PROLOG.match(head)
    first = found.group(1).lower() if found else ""
    if first.startswith(("<!doctype html", "<html")):
        raise _refuse(DmnCode.NOT_DMN, "这是网页（HTML），不是决策文件，请上传建模器保存的 .dmn 文件", name)
    if first.startswith("<!doctype") or "<!DOCTYPE" in head:
        raise _refuse(DmnCode.DOCTYPE, "文件含有 DOCTYPE 声明，出于安全一律不收，请删去这一行", name)


def _explain(error: etree.XMLSyntaxError) -> tuple[DmnCode, str]:
    """Code and Chinese sentence for what libxml2 says."""
    said = str(error.msg or "")
    low = said.lower()
    if "depth" in low:
        return DmnCode.NESTING, "元素嵌套太深（超过 256 层），这不是建模器写出的文件"
    if "huge" in low or "too long" in low or "too big" in low:
        return DmnCode.TOO_LARGE, "文件中有一段文字太长，超出读取上限"
    if "encod" in low or "char 0x" in low or "charref" in low or "invalid character" in low or "pcdata invalid" in low:
        return DmnCode.ENCODING, "文件含有不允许的字符（如 NUL）或编码不对，请另存为 UTF-8"
    if "entity" in low:
        return DmnCode.XML, "文件引用了未定义的实体；“&”应写成“&amp;”"
    if "document is empty" in low or "start tag expected" in low:
        return DmnCode.NOT_DMN, "文件不是 XML，请上传建模器保存的 .dmn 文件"
    return DmnCode.XML, f"文件不是完整的 XML：{in_chinese(said, *error.position)}"


def _version(root: Element, name: str) -> str:
    tag = etree.QName(root)
    version = VERSIONS.get(tag.namespace or "")
    if version is not None and tag.localname == "definitions":
        return version
    namespace = tag.namespace or ""
    if tag.localname == "html":
        raise _refuse(DmnCode.NOT_DMN, "这是网页（HTML），不是决策文件，请上传建模器保存的 .dmn 文件", name)
    if "BPMN" in namespace:
        raise _refuse(DmnCode.NOT_DMN, "这是流程图（BPMN），不是决策文件（DMN）", name)
    if "spec/DMN" in namespace and tag.localname == "definitions":
        raise _refuse(DmnCode.VERSION, f"不支持这个 DMN 版本（{namespace}），请另存为 DMN 1.1 至 1.5，推荐 1.3", name)
    raise _refuse(DmnCode.NOT_DMN, f"根元素是“{tag.localname}”，不是 DMN 的 definitions，请上传建模器保存的 .dmn 文件", name)


def _refuse(code: DmnCode, message: str, name: str, *, line: int | None = None) -> DmnError:
    return DmnError([report(code, message, Place(file=name, line=line))])


def local(element: Element) -> str:
    """Tag without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """Namespace of the tag, empty when it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: Element, *names: str) -> list[Element]:
    """DMN child elements of those names (of all names when none is given); children of foreign namespaces are left out."""
    own = [child for child in element if namespace(child) in VERSIONS]
    return [child for child in own if local(child) in names] if names else own


def child(element: Element, name: str) -> Element | None:
    """The first DMN child of that name."""
    return next((found for found in element if local(found) == name and namespace(found) in VERSIONS), None)


def text_of(element: Element | None) -> str:
    """Text of an element's `text` child, or of an element without children; "" when there is none."""
    if element is None:
        return ""
    inner = child(element, "text")
    if inner is None:
        return "".join(element.itertext()) if len(element) == 0 else ""
    return "".join(inner.itertext())


def name_of(element: Element, attribute: str = "name") -> str:
    """A name as FEEL spells it: blanks in a row count as one; "" when there is none."""
    return " ".join((element.get(attribute) or "").split())


def line_of(element: Element) -> int | None:
    """Line of the element in its source."""
    line = element.sourceline
    return line if isinstance(line, int) else None
