"""Mathematics as text: raised and lowered characters, and simple LaTeX as people would type it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONGEST, _DEEPEST = 500, 20

_RAISED = {
    "sup": str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ"),
    "sub": str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
}
_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\s+|.", re.DOTALL)
_SIMPLE = re.compile(r"[\w.,]+|.", re.DOTALL)
_WORDS, _FORMULA = re.compile(r"[^\W\d_]+"), re.compile(r"[\w.,+−*/=()-]+")
_FUNCTIONS = ("sin", "cos", "tan", "log", "ln", "exp", "lim", "min", "max", "det", "gcd", "mod")
_PAIR = re.compile(r"(\S+) (\S+)")
_SYMBOLS = """
cdot · times × div ÷ pm ± mp ∓ ast ∗ circ ∘ bullet • le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ ll ≪ gg ≫
propto ∝ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ emptyset ∅ setminus ∖ forall ∀ exists ∃ neg ¬ land ∧ lor ∨ to →
rightarrow → leftarrow ← Rightarrow ⇒ Leftrightarrow ⇔ iff ⇔ sum ∑ prod ∏ int ∫ infty ∞ partial ∂ nabla ∇ degree °
prime ′ ldots … dots … cdots ⋯ alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ kappa κ
lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ
Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω % % $ $ & & # # _ _ | ‖ { { } }
"""
_SIGNS: dict[str, str] = {
    **dict(_PAIR.findall(_SYMBOLS)),
    **dict.fromkeys((",", ";", ":", " ", "quad", "qquad"), " "),
    **dict.fromkeys(("!", "left", "right", "displaystyle"), ""),
    **{name: name for name in _FUNCTIONS},
}
_PLAIN = frozenset({"text", "mathrm", "mathbf", "mathit", "mathsf", "operatorname", "textbf", "textit", "mathbb"})


class _UnknownError(ValueError):
    """A command that has no form as text."""


def raised(text: str, tag: str) -> str:
    """Return a text as superscript (`sup`) or subscript (`sub`) characters, or with `^` or `_`; words unchanged."""
    core = text.strip()
    script = _script(core, tag)
    is_word = _WORDS.fullmatch(core) or not _FORMULA.fullmatch(core)
    return text if is_word and script[:1] in {"^", "_"} else text.replace(core, script)


def _script(text: str, tag: str) -> str:
    table = _RAISED[tag]
    if all(ord(char) in table for char in text):
        return text.translate(table)
    return ("^" if tag == "sup" else "_") + _grouped(text)


def readable(latex: str) -> str:
    """Return a formula as text, such as `√(a² + b²) ≤ 2·π`, or an empty string if it is not a simple one."""
    if len(latex) > _LONGEST:
        return ""
    try:
        return " ".join(_read(iter(_TOKEN.findall(latex)), 0).split())
    except (_UnknownError, StopIteration):
        return ""


def _read(tokens: Iterator[str], depth: int) -> str:
    """Return what follows, up to the end of the group."""
    parts: list[str] = []
    for each in tokens:
        if each == "}":
            if not depth:
                raise _UnknownError(each)
            return "".join(parts)
        parts.append(_one(each, tokens, depth))
    if depth:
        raise _UnknownError("an open group")
    return "".join(parts)


def _one(sign: str, tokens: Iterator[str], depth: int) -> str:
    if depth > _DEEPEST:
        raise _UnknownError(sign)
    match sign:
        case "{":
            text = _read(tokens, depth + 1)
        case "^":
            text = _script(_argument(tokens, depth), "sup")
        case "_":
            text = _script(_argument(tokens, depth), "sub")
        case "\\frac" | "\\dfrac" | "\\tfrac":
            text = f"{_grouped(_argument(tokens, depth))}/{_grouped(_argument(tokens, depth))}"
        case "\\sqrt":
            text = f"√{_grouped(_argument(tokens, depth))}"
        case _:
            text = _command(sign[1:], tokens, depth) if sign.startswith("\\") else sign
    return text


def _command(name: str, tokens: Iterator[str], depth: int) -> str:
    if name in _PLAIN:
        return _argument(tokens, depth)
    if name not in _SIGNS:
        raise _UnknownError(name)
    return _SIGNS[name]


def _argument(tokens: Iterator[str], depth: int) -> str:
    sign = next(each for each in tokens if not each.isspace())
    if sign in {"}", "[", "^", "_"}:
        raise _UnknownError(sign)
    return _one(sign, tokens, depth + 1)


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"
