"""Boolean functions (specification 10.3.4.2)."""

from __future__ import annotations

from .declaration import Group

FUNCTIONS = Group("逻辑函数")


@FUNCTIONS.function("not(negand: any) -> boolean", "取反；参数不是是否值时结果为空", "not(true)", "not(null)")
def negate(negand: object) -> object:
    return not negand if negand is True or negand is False else None
