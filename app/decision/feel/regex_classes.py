"""Classes of characters in regular expressions: categories, blocks, ``\\d``, ``\\i`` and their kin."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

Predicate = Callable[[str], bool]

_CASED_UP_TO = 0x20000  # the planes above hold ideographs, tags and private characters: none has a case

_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F), "Latin-1Supplement": (0x0080, 0x00FF), "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F), "IPAExtensions": (0x0250, 0x02AF), "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F), "Greek": (0x0370, 0x03FF), "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF), "CyrillicSupplement": (0x0500, 0x052F), "Armenian": (0x0530, 0x058F), "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF), "Syriac": (0x0700, 0x074F), "Thaana": (0x0780, 0x07BF), "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF), "Gurmukhi": (0x0A00, 0x0A7F), "Gujarati": (0x0A80, 0x0AFF), "Oriya": (0x0B00, 0x0B7F),
    "Tamil": (0x0B80, 0x0BFF), "Telugu": (0x0C00, 0x0C7F), "Kannada": (0x0C80, 0x0CFF), "Malayalam": (0x0D00, 0x0D7F),
    "Sinhala": (0x0D80, 0x0DFF), "Thai": (0x0E00, 0x0E7F), "Lao": (0x0E80, 0x0EFF), "Tibetan": (0x0F00, 0x0FFF),
    "Myanmar": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF), "HangulJamo": (0x1100, 0x11FF), "Ethiopic": (0x1200, 0x137F),
    "Cherokee": (0x13A0, 0x13FF), "Ogham": (0x1680, 0x169F), "Runic": (0x16A0, 0x16FF), "Khmer": (0x1780, 0x17FF),
    "Mongolian": (0x1800, 0x18AF), "LatinExtendedAdditional": (0x1E00, 0x1EFF), "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F), "SuperscriptsandSubscripts": (0x2070, 0x209F), "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F), "NumberForms": (0x2150, 0x218F), "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF), "MiscellaneousTechnical": (0x2300, 0x23FF), "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF), "MiscellaneousSymbols": (0x2600, 0x26FF), "Dingbats": (0x2700, 0x27BF),
    "BraillePatterns": (0x2800, 0x28FF), "CJKRadicalsSupplement": (0x2E80, 0x2EFF), "KangxiRadicals": (0x2F00, 0x2FDF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F), "Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F), "EnclosedCJKLettersandMonths": (0x3200, 0x32FF), "CJKCompatibility": (0x3300, 0x33FF),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF), "CJKUnifiedIdeographs": (0x4E00, 0x9FFF), "YiSyllables": (0xA000, 0xA48F),
    "HangulSyllables": (0xAC00, 0xD7AF), "PrivateUse": (0xE000, 0xF8FF), "PrivateUseArea": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF), "AlphabeticPresentationForms": (0xFB00, 0xFB4F),
    "ArabicPresentationForms-A": (0xFB50, 0xFDFF), "CombiningHalfMarks": (0xFE20, 0xFE2F), "CJKCompatibilityForms": (0xFE30, 0xFE4F),
    "SmallFormVariants": (0xFE50, 0xFE6F), "ArabicPresentationForms-B": (0xFE70, 0xFEFE),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF), "Specials": (0xFFF0, 0xFFFD), "OldItalic": (0x10300, 0x1032F),
    "Gothic": (0x10330, 0x1034F), "Deseret": (0x10400, 0x1044F), "MathematicalAlphanumericSymbols": (0x1D400, 0x1D7FF),
    "Emoticons": (0x1F600, 0x1F64F), "CJKUnifiedIdeographsExtensionB": (0x20000, 0x2A6DF),
}  # fmt: skip


class PatternError(Exception):
    """The text is no regular expression of XPath; the argument is a Chinese sentence."""


def _word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _name_start(character: str) -> bool:
    return character in "_:" or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo", "Nl")


def _name(character: str) -> bool:
    return _name_start(character) or character in "-.·" or unicodedata.category(character) in ("Lm", "Mn", "Mc", "Me", "Nd")


CLASSES: dict[str, Predicate] = {
    "d": lambda character: unicodedata.category(character) == "Nd",
    "s": lambda character: character in " \t\n\r",
    "w": _word,
    "i": _name_start,
    "c": _name,
}


def opposite(predicate: Predicate) -> Predicate:
    return lambda character: not predicate(character)


def property_class(name: str) -> Predicate:
    if name in _CATEGORIES:
        if len(name) == 1:
            return lambda character: unicodedata.category(character)[0] == name
        return lambda character: unicodedata.category(character) == name
    block = _BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if block is None:
        raise PatternError(f"没有 \\p{{{name}}} 这类字符")
    low, high = block
    return lambda character: low <= ord(character) <= high


def remembering(predicate: Predicate) -> Predicate:
    """A predicate that looks at each character once only."""
    known: dict[str, bool] = {}

    def test(character: str) -> bool:
        verdict = known.get(character)
        if verdict is None:
            verdict = predicate(character)
            if len(known) < 2_000:
                known[character] = verdict
        return verdict

    return test


@cache
def _by_case() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Characters that share a lower case, and that share an upper case, by that text. Characters without case are not in it."""
    lower: dict[str, set[str]] = {}
    upper: dict[str, set[str]] = {}
    for character in map(chr, range(_CASED_UP_TO)):
        small, large = character.lower(), character.upper()
        if small != character or large != character:
            lower.setdefault(small, {small} if len(small) == 1 else set()).add(character)
            upper.setdefault(large, {large} if len(large) == 1 else set()).add(character)
    return {text: frozenset(found) for text, found in lower.items()}, {text: frozenset(found) for text, found in upper.items()}


def variants(character: str) -> frozenset[str]:
    """The character and its case-variants: those with the same lower case or the same upper case (XPath functions 3.1 §5.6.2, flag i)."""
    lower, upper = _by_case()
    return frozenset({character}) | lower.get(character.lower(), frozenset()) | upper.get(character.upper(), frozenset())
