"""What is written in a diagram's expressions and should not be: full-width punctuation, and numbers that belong into a table; in shared files one
district's words; in a district's file processes that nobody has drawn.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.decision.near import near
from app.domain import literals
from app.domain.districts import District
from app.engine.reading import xml
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import Stock

_FEEL = frozenset({"set", "reads", "approvesWhen", "stands", "office"})  # properties that hold expressions without a ``=`` before them
FULL_WIDTH = "＞＜＝？，；：（）［］｛｝“”‘’！＋－＊／"


def expressions(root: Any) -> Iterator[tuple[str, int, FindingCode, str]]:
    """FEEL anywhere in the diagram: full-width punctuation, and numbers that belong into a table."""
    for node in root.iter():
        texts = [value for value in node.attrib.values() if value.startswith("=")]
        if node.text and node.text.strip().startswith("="):
            texts.append(node.text.strip())
        if node.tag == xml.ZEEBE + "property" and node.get("name", "").strip() in _FEEL and not node.get("value", "").startswith("="):
            texts.append("=" + node.get("value", ""))
        for text in texts:
            bare = literals.bare(text[1:])
            wrong = sorted({character for character in bare if character in FULL_WIDTH})
            if wrong:
                yield owner(node), node.sourceline or 0, FindingCode.FULL_WIDTH, f"表达式 {text} 含全角符号 {' '.join(wrong)},请改用半角"
            numbers = literals.numbers(text[1:])
            if numbers:
                yield owner(node), node.sourceline or 0, FindingCode.NUMBER, f"表达式 {text} 里有数字 {'、'.join(numbers)},应放进决策表"
    for node in root.iter(xml.BPMN + "timeDuration", xml.BPMN + "timeDate", xml.BPMN + "timeCycle"):
        text = (node.text or "").strip()
        if text and not text.startswith("="):
            yield owner(node), node.sourceline or 0, FindingCode.NUMBER, f"定时 {text} 写死在图里,应由 deadline() 或参数表给出"


def words(source: bytes, foreign: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Lines of a shared file that say one district's word, with what is to be told. ``foreign``: word → what it is."""
    if not foreign:
        return
    pattern = re.compile("|".join(_bounded(word) for word in sorted(foreign, key=len, reverse=True)))
    for number, line in enumerate(source.decode("utf-8", errors="replace").splitlines(), start=1):
        for word in dict.fromkeys(pattern.findall(line)):
            yield number, f"各区共用的文件写了{foreign[word]}“{word}”;请用各区通用的说法,或把文件放到区自己的文件夹里"


def foreign(districts: Iterable[District]) -> dict[str, str]:
    """What stands in no file that several districts share: their names, offices and clause ids."""
    found: dict[str, str] = {}
    for district in districts:
        found |= dict.fromkeys(district.clauses, "一个区的条款编号")
        found |= {office: f"{district.title}的单位" for role in district.roles.values() for office in role.offices}
        found |= {name: "一个区的区名" for name in (district.title, district.title.rstrip("区县市")) if len(name) > 1}
    return found


def _bounded(word: str) -> str:
    """A clause id is none within a longer one."""
    return rf"(?<![\w-]){re.escape(word)}(?![\w-])" if word.isascii() else re.escape(word)


def opened(stock: Stock) -> Iterator[Finding]:
    """Processes that a district's file has on and that nobody has drawn."""
    for key, district in stock.districts.items():
        drawn = stock.around(key, "").ids("process")
        for info in district.processes.values():
            if info.enabled and info.key not in drawn:
                cure = f"是不是 {hint}?" if (hint := near(info.key, drawn)) else "请改正,或写 enabled = false"
                text = f"[processes.{info.key}] 开放了流程“{info.key}”,没有它的图,{cure}"
                yield Finding(f"districts/{key}.toml", f"processes.{info.key}", None, FindingCode.DISTRICT_PROCESS, text)


def owner(node: Any) -> str:
    while node is not None and node.get("id") is None:
        node = node.getparent()
    return "" if node is None else str(node.get("id"))
