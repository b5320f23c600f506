"""JSON that is only read whole is kept packed: deflated, with the words that nearly all of it consists of known beforehand.

A packed value begins with the number of its dictionary. Whatever begins otherwise is JSON as it is: short values, and rows from before there was packing.
"""

import zlib

_LEAST = 64  # bytes; below, the deflated form is hardly shorter
_RAW = -15  # a deflate stream without header and checksum: the database keeps its pages itself
_LEVEL = 3  # with the words known beforehand hardly longer than at 9, in half the time

# What is known beforehand, the most frequent last. Rows say by its number which one they were packed with: one that has been in use is never changed, a better
# one gets the next number.
_DICTIONARIES = {
    1: (
        '"amount":null,"unit":"month","unit":"working_day","fixed":null,"roll":false,"hard":true}"amount":null,"unit":"fixed_date","fixed":"","roll":true,'
        '"hard":false}{"title":"","text":null}{"key":"","name":""}{"name":"","mandatory":true,"group":""}"minCount":1,"role":"","lead":false,'
        '"expression":"parameters.","expression":"project.,"value":null},"value":"通过"},"value":"无"},"value":"同意"},"value":0},"value":1},"value":['
        '"固定日期 ,含当日,至 24:00 止,不因节假日顺延"]}'
        '个月,末日为 ","末日不是工作日,顺延至下一工作日 ","所涉年度的放假安排尚未公布,暂按周一至周五推算,公布后自动重算"]}'
        '{"key":"","start":"T16:00:00Z","startOn":"","lastDay":"","dueAt":"T00:00:00+08:00","remindDay":"","remindAt":"T00:00:00+08:00",'
        '"clause":"","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 202 的次日起算 5 个工作日,末日为 202",'
        '"202 24:00 前办结为按期"]}'
        '{"decisionId":"","decisionName":"","file":"dmn/.dmn","output":[],"output":{"output":null,"output":true,"output":false,'
        '"inputs":[],"rules":[],"required":[]},[{"name":"期限键","label":"期限键","expression":"event","value":""},'
        '{"name":"流程","label":"流程","expression":"process","value":""},{"name":"元素","label":"元素","expression":"element","value":""}]'
        ',"inputs":[{"name":"","label":"","expression":"","value":true},"value":false},"value":null}],'
        '"rules":[{"number":1,"id":"_01","outputs":{"":""},"annotations":{"条款":"","描述":""}}],"required":[{"decisionId":"'
    ).encode()
}
_NEWEST = max(_DICTIONARIES)


def pack(text: str) -> bytes:
    """``text``: JSON. The shorter of both forms."""
    plain = text.encode()
    if len(plain) < _LEAST:
        return plain
    press = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=_DICTIONARIES[_NEWEST])
    packed = bytes([_NEWEST]) + press.compress(plain) + press.flush()
    return packed if len(packed) < len(plain) else plain


def unpack(stored: bytes) -> str:
    """What was packed. Raises ValueError for what cannot have been."""
    dictionary = _DICTIONARIES.get(stored[0]) if stored else None
    if dictionary is None:
        return stored.decode()
    press = zlib.decompressobj(_RAW, zdict=dictionary)
    try:
        plain = press.decompress(stored[1:])
    except zlib.error as error:
        raise ValueError(f"a damaged packed value: {error}") from error
    if not press.eof or press.unused_data:
        raise ValueError("a packed value that was cut short or spliced")
    return plain.decode()
