"""What is wrong with a file that is no XML, in an analyst's words: libxml2 says it in English."""

from __future__ import annotations

import re
from typing import Final

_SENTENCES: Final = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"Start tag expected|Document is empty", "开头不是“<”,不是 XML 文件"),
        (r"Opening and ending tag mismatch: (\S+) line (\d+) and ([^\s,]+)", r"第 \2 行的 <\1> 还没有结束,这里却是 </\3>"),
        (r"Couldn't find end of Start Tag (\S+)", r"<\1 的标签没有写完,缺“>”"),
        (r"Premature end of data in tag (\S+) line (\d+)", r"文件不完整:第 \2 行的 <\1> 没有结束"),
        (r"AttValue: \" or ' expected", "属性的值要写在引号里"),
        (r"AttValue: .* expected", "属性的值缺右引号"),
        (r"Specification mandates value for attribute (\S+?),", r"属性“\1”没有值"),
        (r"Attribute (\S+) (?:in '.*' )?redefined", r"属性“\1”写了两次"),
        (r"attributes construct error", "两个属性之间要有空格"),
        (r"error parsing attribute name", "这里应是属性名"),
        (r"Unescaped '<' not allowed", "属性的值里,“<”应写成“&lt;”"),
        (r"StartTag: invalid element name", "“<”后面不是元素名;文字里的“<”应写成“&lt;”"),
        (r"Entity '(.*)' not defined", r"没有实体“&\1;”;文字里的“&”应写成“&amp;”"),
        (r"xmlParseEntityRef|EntityRef", "文字里的“&”应写成“&amp;”"),
        (r"Extra content at the end", "根元素结束之后还有内容"),
        (r"Namespace prefix (\S+) ", r"前缀“\1”没有声明(缺 xmlns:\1)"),
        (r"Sequence ']]>' not allowed", "文字里不能有“]]>”"),
        (r"CData section not finished", "CDATA 没有结束,缺“]]>”"),
        (r"Comment not terminated", "注释没有结束,缺“-->”"),
        (r"Double hyphen within comment", "注释里不能有“--”"),
        (r"XML declaration allowed only", "<?xml …?> 只能写在文件的最前面"),
        (r"[Ii]nvalid (?:xml)?Char|CharRef", "有 XML 不允许的字符"),
        (r"character encoding|not proper UTF-8|[Ee]ncoding", "有的字节不合所声明的编码,请另存为 UTF-8"),
        (r"Empty XML namespace|xmlns", "命名空间的声明不对"),
    )
)


def in_chinese(said: str, line: int | None, column: int | None) -> str:
    """The parser's sentence, its line and column, as one sentence."""
    found = next((match.expand(sentence) for pattern, sentence in _SENTENCES if (match := pattern.search(said))), "写法不对")
    place = f"第 {line} 行第 {column} 列" if line and column else f"第 {line} 行" if line else ""
    return f"{place}:{found}" if place else found
