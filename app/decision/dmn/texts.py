"""What every part of a reader of decision files needs: places, problems, declared types, FEEL texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.formulas import Formula
from app.decision.dmn.model import Import, Parts
from app.decision.dmn.problems import Place, report
from app.decision.dmn.reader import TEXT_CHARACTERS, VERSIONS, Element, child, children, line_of, name_of, text_of
from app.decision.dmn.types import TypeTable
from app.decision.feel.types import ANY, Type


@dataclass(slots=True)
class Owner:
    """The decision or knowledge model that is being read: its formulas and the names that its own boxes bind."""

    name: str
    formulas: list[Formula] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)


class TextReader:
    """Holds the parts read so far. Raises nothing: problems are collected in `parts.problems`."""

    def __init__(
        self,
        root: Element,
        version: str,
        file: str,
        *,
        limits: feel.Limits,
        functions: feel.Registry,
        imported: Mapping[str, TypeTable],
    ) -> None:
        self.root = root
        self.limits = limits
        self.functions = functions
        self.owner = Owner("")
        self.parts = Parts(
            id=root.get("id") or "", name=root.get("name") or "", namespace=root.get("namespace") or "", file=file, version=version
        )
        self.owners: dict[str, Owner] = {}
        self.parts.imports = [_read_import(element) for element in children(root, "import")]
        tables = {found.name: imported[found.namespace] for found in self.parts.imports if found.namespace in imported}
        self.types = TypeTable(self.parts.items, tables, self._prefixes())
        self.lenient_types = any(found.kind == "dmn" and found.namespace not in imported for found in self.parts.imports)

    def _problem(self, code: DmnCode, message: str, place: Place, text: str | None = None, *, warning: bool = False) -> None:
        self.parts.problems.append(report(code, message, place, text=text, severity="warning" if warning else "error"))

    def _place(self, element: Element, *, rule: int | None = None, column: str | None = None) -> Place:
        return Place(self.parts.file, self.owner.name or None, rule, column, line_of(element))

    def _prefixes(self) -> dict[str, str]:
        """XML prefixes (DMN 1.1 writes types as QNames) to what they mean."""
        by_namespace = {found.namespace: found.name for found in self.parts.imports}
        meaning: dict[str, str] = {}
        for prefix, uri in self.root.nsmap.items():
            if prefix is None:
                continue
            if "FEEL" in uri:
                meaning[prefix] = "feel"
            elif uri == self.parts.namespace:
                meaning[prefix] = ""
            elif uri in by_namespace:
                meaning[prefix] = by_namespace[uri]
        return meaning

    def _type(self, name: str | None, place: Place) -> Type:
        """A declared type; an unknown one is a problem and counts as Any."""
        if not name:
            return ANY
        found = self.types.find(name.strip())
        if found is not None:
            return found
        if not self.lenient_types:
            message = f"没有名为“{name}”的类型；可用 string、number、boolean、date、time、dateTime，或在“数据类型”中先定义它"
            self._problem(DmnCode.UNKNOWN_TYPE, message, place, name)
        return ANY

    def _formula(self, element: Element, kind: str, place: Place) -> Formula:
        self._language(element, place)
        text = text_of(element)
        if len(text) > TEXT_CHARACTERS:
            self._problem(DmnCode.TOO_LARGE, f"这段文字有 {len(text)} 个字符，超过上限 {TEXT_CHARACTERS}", place, text)
            text = ""
        formula = Formula(text, kind, place, limits=self.limits, functions=self.functions)
        self.owner.formulas.append(formula)
        self.parts.formulas.append(formula)
        return formula

    def _language(self, element: Element, place: Place) -> None:
        language = element.get("expressionLanguage")
        if language and "feel" not in language.lower():
            self._problem(DmnCode.LANGUAGE, f"表达式语言“{language}”不支持，只能用 FEEL，请在属性面板改为 FEEL", place, language)
        if child(element, "importedValues") is not None:
            self._problem(DmnCode.IMPORTED_VALUES, "不支持从外部文件读取值（importedValues）", place)


def _read_import(element: Element) -> Import:
    kind = element.get("importType") or ""
    namespace = element.get("namespace") or ""
    name = name_of(element)
    is_dmn = kind in VERSIONS or "spec/DMN" in kind
    return Import(name, namespace, "dmn" if is_dmn else kind, element.get("locationURI") or "", line_of(element))
