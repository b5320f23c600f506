"""A file that is no XML is told of in Chinese, with its place, by both readers: diagrams and decision files."""

import re

import pytest

from app.decision import dmn
from app.engine import DiagramError, read

HEAD = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">\n'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<a><b></a></definitions>", "第 2 行第 11 列:第 2 行的 <b> 还没有结束,这里却是 </a>"),
        (b"<a", "<a 的标签没有写完"),
        (b"<a>", "文件不完整:第 2 行的 <a> 没有结束"),
        (b"<a x=1/></definitions>", "属性的值要写在引号里"),
        (b'<a x="1></definitions>', "“<”应写成“&lt;”"),
        (b"<a x/></definitions>", "属性“x”没有值"),
        (b'<a x="1" x="2"/></definitions>', "属性“x”写了两次"),
        (b'<a x="1"y="2"/></definitions>', "两个属性之间要有空格"),
        (b'<a x="a<b"/></definitions>', "“<”应写成“&lt;”"),
        (b"amount < 5</definitions>", "文字里的“<”应写成“&lt;”"),
        (b"</definitions><b/>", "根元素结束之后还有内容"),
        (b"<zeebe:a/></definitions>", "前缀“zeebe”没有声明(缺 xmlns:zeebe)"),
        (b'<a zeebe:b="1"/></definitions>', "前缀“zeebe”没有声明(缺 xmlns:zeebe)"),
        (b"a ]]> b</definitions>", "文字里不能有“]]>”"),
        (b"<!-- -- --></definitions>", "注释里不能有“--”"),
        (b"<!-- a</definitions>", "注释没有结束"),
        (b"<![CDATA[ a</definitions>", "CDATA 没有结束"),
        (b'<?xml version="1.0"?></definitions>', "只能写在文件的最前面"),
    ],
)
def test_what_is_wrong_with_the_xml_is_told_in_chinese(body: bytes, says: str) -> None:
    with pytest.raises(DiagramError) as diagram:
        read(HEAD + body, "x.bpmn")
    with pytest.raises(dmn.DmnError) as table:
        dmn.parse(HEAD + body, name="x.dmn")
    for told in (diagram.value.problems[0].message, table.value.problems[0].message):
        assert says in told
        assert "第 2 行" in told
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", told), told


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"A & B</definitions>", "“&”应写成“&amp;”"),
        (b"&nbsp;</definitions>", "没有实体“&nbsp;”"),
        (b"\x01</definitions>", "有 XML 不允许的字符"),
        (b"\xff</definitions>", "请另存为 UTF-8"),
        (b"", "文件不完整"),
    ],
)
def test_a_diagrams_characters(body: bytes, says: str) -> None:
    with pytest.raises(DiagramError) as diagram:
        read(HEAD + body, "x.bpmn")
    assert says in diagram.value.problems[0].message
