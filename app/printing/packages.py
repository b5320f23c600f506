"""Word and Excel files as what they are: ZIP archives of XML. Which of them are taken as templates, and how one is written so that equal content is equal bytes.

Nothing of a template is carried out, here or where it is opened: what could be (macros, objects, fields that fetch, references to elsewhere) is refused. Sizes
are looked at before anything is unpacked, and what an archive says of itself is not believed.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO

from lxml import etree  # type: ignore[import-untyped]

from app.domain.templates import Placeholder, Template, TemplateRefused

MOST_BYTES = 5_000_000  # of the file itself
_MOST_MEMBERS = 500
_MOST_UNPACKED = 30_000_000
_MOST_OF_ONE = 10_000_000
_MOST_RATIO = 200  # unpacked to packed, of a member that is large at all
_LARGE = 1_000_000
_MAIN = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
_CORE = "docProps/core.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Parts of an archive that hold programs, objects of other programs, or where data is fetched from.
_REFUSED = (
    (re.compile(r"vba|macro|\.(exe|dll|js|vbs|bat|cmd|ps1|hta|jar|scr|com|lnk)$|/customui/|^customui", re.IGNORECASE), "宏或程序"),
    (re.compile(r"activex|/embeddings/|oleobject|/ctrlprops/", re.IGNORECASE), "嵌入的对象或控件"),
    (re.compile(r"externallinks|connections\.xml|querytables|webextension|/afchunk", re.IGNORECASE), "外部数据"),
)
_BINARY = re.compile(r"\.(png|jpe?g|gif|bmp|emf|wmf)$|/printerSettings\d*\.bin$|\.(odttf|fntdata)$", re.IGNORECASE)
_WHEN = (1980, 1, 1, 0, 0, 0)  # of every member: what is written depends on its content alone


class Package:
    """The members of an archive, each unpacked and found harmless; XML is parsed once."""

    def __init__(self, members: Mapping[str, bytes], trees: Mapping[str, etree._Element]) -> None:
        self.members = members
        self.trees = trees

    @property
    def title(self) -> str:
        """What the file's properties say that it is called."""
        core = self.trees.get(_CORE)
        return "" if core is None else (core.findtext(_TITLE) or "").strip()


def opened(source: bytes, ending: str) -> Package:
    """Raises TemplateRefused with everything that is wrong."""
    if len(source) > MOST_BYTES:
        raise TemplateRefused([f"模板超过 {MOST_BYTES // 1_000_000} MB,请压缩里面的图片"])
    members = _unpacked(source)
    if _MAIN.get(ending) not in members:
        raise TemplateRefused([f"内容不是 {ending[1:]} 文件,请用 Word 或 WPS 另存为 {ending[1:]}"])
    problems = [f"里面有{what}({name}),模板里不能有" for name in members for pattern, what in _REFUSED if pattern.search(name)]
    trees: dict[str, etree._Element] = {}
    for name, content in members.items():
        if _BINARY.search(name):
            continue
        if not name.endswith((".xml", ".rels", ".vml")):
            problems.append(f"里面有不认识的部分 {name},模板里不能有")
            continue
        try:
            trees[name] = _parsed(content)
        except etree.XMLSyntaxError:
            problems.append(f"{name} 不是正确的 XML,文件可能已损坏,请重新保存")
            continue
        if trees[name].getroottree().docinfo.doctype:
            problems.append(f"{name} 有文档类型声明(DOCTYPE),模板里不能有")
    problems += [problem for name, tree in trees.items() for problem in _elsewhere(name, tree)]
    types = trees.get("[Content_Types].xml")
    if types is None:
        problems.append("缺少 [Content_Types].xml,文件可能已损坏,请重新保存")
    elif any("macroenabled" in str(node.get("ContentType", "")).lower() for node in types):
        problems.append("文件的类型是启用宏的,请另存为不含宏的文件")
    if problems:
        raise TemplateRefused(list(dict.fromkeys(problems)))
    return Package(members, trees)


def template(
    template_id: str,
    package: Package,
    *,
    ending: str,
    source: bytes,
    rows: Sequence[tuple[Placeholder, ...]],
    found: Sequence[Placeholder],
    problems: Sequence[str],
) -> Template:
    """What was read of a file. Raises TemplateRefused when anything is wrong with it."""
    if problems:
        raise TemplateRefused(problems)
    return Template(
        id=template_id,
        title=package.title or template_id,
        ending=ending,
        placeholders=tuple(found),
        rows=tuple(rows),
        source=source,
    )


def _unpacked(source: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(source)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_UNPACKED:
                raise TemplateRefused(["解开后过大,不能作为模板"])
            for info in infos:
                if info.flag_bits & 1:
                    raise TemplateRefused(["文件加了密码,请去掉密码后再上传"])
                if info.filename in found or info.filename.startswith(("/", "\\")) or ".." in info.filename.replace("\\", "/").split("/"):
                    raise TemplateRefused([f"里面的文件名“{info.filename}”不正常,不能作为模板"])
                if info.file_size > _MOST_OF_ONE or (info.file_size > _LARGE and info.file_size > _MOST_RATIO * max(1, info.compress_size)):
                    raise TemplateRefused([f"里面的 {info.filename} 解开后过大,不能作为模板"])
                with archive.open(info) as stream:
                    content = stream.read(_MOST_OF_ONE + 1)  # whatever it says of its size
                if len(content) > _MOST_OF_ONE or sum(map(len, found.values())) + len(content) > _MOST_UNPACKED:
                    raise TemplateRefused(["解开后过大,不能作为模板"])
                found[info.filename] = content
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        OverflowError,
    ) as error:
        raise TemplateRefused(["文件已损坏,或不是 docx、xlsx,请重新保存后再上传"]) from error
    return found


def _parsed(content: bytes) -> etree._Element:
    # A parser of its own each time: one that is kept would share its dictionary among threads.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False)
    return etree.fromstring(content, parser)


def _elsewhere(name: str, tree: etree._Element) -> Iterable[str]:
    if not name.endswith(".rels"):
        return
    for node in tree:
        if node.get("TargetMode") == "External":
            yield f"引用了文件以外的“{str(node.get('Target', ''))[:80]}”(超链接、外部图片或模板),请去掉"


def packed(members: Mapping[str, bytes]) -> bytes:
    """An archive of these members; equal members give equal bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members, key=lambda one: (one != "[Content_Types].xml", one)):  # the one that readers look for first
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, members[name])
    return out.getvalue()


def written(tree: etree._Element) -> bytes:
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


_AUTHORS = ("creator", "lastModifiedBy")
_INSTANTS = ("created", "modified")


def properties(tree: etree._Element, title: str, on: date) -> bytes:
    """The file's properties of a printed document: its name and its day, and nobody's who has worked on the template."""
    for node in tree:
        tag = etree.QName(node).localname
        if node.tag == _TITLE:
            node.text = title
        elif tag in _AUTHORS:
            node.text = ""
        elif tag in _INSTANTS:
            node.text = f"{on.isoformat()}T00:00:00Z"
    return written(tree)


CORE = _CORE
