"""Arithmetic: a small parser of its own, so that nothing a person types is ever evaluated."""

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction

from conversations.completions.offline.words import Words
from conversations.texts.numerals import NUMERALS
from conversations.texts.words import fold

_EXPRESSION = re.compile(r"[\d(.\-+][\d\s.,()+\-*/^×÷:%·−]*")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)")  # “1 000”
_SIGNS = {  # folded
    "+": r"plus|더하기", "-": r"minus|moins|빼기", "*": r"times|multiplied by|fois|multiplie par|곱하기|x",
    "/": r"divided by|divise par|나누기",
}  # fmt: skip
_RANGE = re.compile(r"[\d.,:]+(?:[-/:][\d.,:]+)+")  # of pages or hours, a date, a telephone number
_KOREAN_PERCENT = re.compile(r"([\d.,]+)\s*의\s*([\d.,]+)\s*%")
_PERCENT_OF = re.compile(r"([\d.,]+)\s*%\s*(?:of|de|의)\s*([\d.,]+)", re.IGNORECASE)
_FRENCH = str.maketrans(",.", "\u202f,")
_LARGEST_POWER = 64
_LONGEST = 200  # characters

_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class NoSum(ValueError):
    """It is not arithmetic, or too large."""


def answer(question: str, words: Words, *, only: bool = False) -> str:
    """The sum's result, or nothing if the question holds no sum. `only`: it is about nothing else."""
    question = _SPACED.sub("", question)
    try:
        if match := _PERCENT_OF.search(question):
            return _said(match[0].strip(), _number(match[1]) * _number(match[2]) / 100, words)
        if match := _KOREAN_PERCENT.search(question):
            return _said(match[0].strip(), _number(match[1]) * _number(match[2]) / 100, words)
        found = max(_EXPRESSION.findall(_signs(question) if only else question), key=len, default="").strip(" .,:")
        if not re.search(r"\d\s*[-+*/^×÷−]\s*[\d(]|\)\s*[-+*/^×÷−]", found):
            return ""
        if re.fullmatch(r"\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}", found):
            return ""  # a date
        if not only and _RANGE.fullmatch(found):
            return ""
        return _said(found, calculate(found), words)
    except NoSum:
        return ""
    except ZeroDivisionError:
        return {"fr": "On ne peut pas diviser par zéro.", "ko": "0으로 나눌 수 없습니다."}.get(
            words.code, "Nothing can be divided by zero."
        )


def _signs(question: str) -> str:
    """With signs and digits where words between two numbers say them: “two plus 3”, “12 fois 8”."""
    said = fold(question)
    words = "|".join(NUMERALS)
    number = rf"(?:\d[\d.,]*|{words})"
    for sign, names in _SIGNS.items():
        said, times = re.subn(rf"(?<!\w)({number})\s*(?:{names})\s*(?=\d|(?:{words})(?!\w))", rf"\1 {sign} ", said)
        question = _spelled(said) if times else question
    return question


def _spelled(said: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda each: str(NUMERALS.get(each[0], each[0])), said)


def _said(asked: str, value: Fraction, words: Words) -> str:
    shown = show(value)
    return f"{asked} = **{shown.translate(_FRENCH) if words.code == 'fr' else shown}**"


def calculate(text: str) -> Fraction:
    """The exact value of an arithmetic expression; raises NoSum or ZeroDivisionError."""
    if len(text) > _LONGEST:
        raise NoSum
    plain = text.translate(str.maketrans("×÷−:·", "*/-/*"))
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain).replace(",", ".").replace("^", "**")
    try:
        return _value(ast.parse(plain.strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError, OverflowError) as error:
        raise NoSum from error


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as value):
            return Fraction(str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _value(left), _value(right)
            if power.denominator != 1 or abs(power) > _LARGEST_POWER or abs(base) > 10**9:
                raise NoSum
            return base ** int(power)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left), _value(right))
    raise NoSum


def _number(text: str) -> Fraction:
    try:
        return Fraction(text.strip(".,").replace(",", "."))
    except ValueError as error:
        raise NoSum from error


def show(value: Fraction) -> str:
    """A whole number with thousands separated, or a decimal with at most ten digits."""
    if value.denominator == 1:
        return f"{int(value):,}"
    return f"{float(value):,.10g}"
