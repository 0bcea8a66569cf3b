"""CEL: what the API server checks itself.

The API server evaluates all rules for every write, of a status too, and what costs it time is to look up
the fields of an object. So a rule about one field stands at that field, and `self` is its value.

No rule stands for what costs the API server too much (its estimate multiplies the bounds of all lists on
the way: segments × conditions × values) or what CEL cannot see (other objects, untyped fields,
RE2 patterns). `Kind.check` finds that, and the operator says so in the status. The attribute of a
condition has a pattern and no sentence for that reason: in `anyOf` of a flag the cheapest rule that
knows the fields of a user costs 33 times what one rule may, a look at the first letters 4 times.

A field that may be an int or a string has no length in the estimates of Kubernetes before 1.35, whatever its schema
says: 3 MiB is assumed. There the form of a number is checked by looking at its letters, which costs the same for
texts of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.manifest.schema import Schema


@dataclass(frozen=True, slots=True)
class Rule:
    """One validation.

    Attributes:
        rule: what must hold; ``self`` is the object, or the value of the field.
        says: a CEL expression of what is said otherwise, with the bad value. Text between double
            quotes is said as it stands: picking one entry of a list costs too much in an expression.
        field: the field it is about, relative to ``self``; empty = ``self``.
    """

    rule: str
    says: str
    field: str = ""

    def schema(self) -> Schema:
        """Return the rule as a CRD has it."""
        message = {"message": self.says.strip('"')} if self.says.startswith('"') else {"messageExpression": self.says}
        return {"rule": self.rule, **message, **({"fieldPath": self.field} if self.field else {})}


def one_of(names: frozenset[str]) -> str:
    """Return `names` as a list in CEL."""
    return "[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]"


def distinct(field: str, message: str) -> Rule:
    """Return the rule that no two entries of a list have the same `field`."""
    return Rule(f"self.all(x, self.exists_one(y, y.{field} == x.{field}))", f'"{message}; each may appear once"')


def decimal(value: str, whole: int, fraction: int, *, signed: bool = False) -> str:
    """Return an expression: `value`, an int or a string, is a plain number such as 25 or ``0.5``.

    It has 1 to `whole` digits, maybe a point and 1 to `fraction` digits, and if it is `signed` maybe a minus before.
    Older estimates know the cost of `==` only where one side is a literal: hence ``in [int]`` and ``i - n == 0``.
    """
    first = f"{value}.startsWith('-') ? 1 : 0" if signed else "0"
    size, point = f"size({value}) - first", f"{value}.charAt(first + n) == '.'"
    digit = f"{value}.charAt(first + i) >= '0' && {value}.charAt(first + i) <= '9'"
    return (
        f"type({value}) in [int] || [{first}].exists(first, {list(range(1, whole + 1))}.exists(n, "
        f"({size} == n || ({size} > n + 1 && {size} < n + {fraction + 2} && {point})) && "
        f"{list(range(whole + fraction + 1))}.all(i, i - n == 0 || i >= {size} || ({digit}))))"
    )


def rising(items: str, value: str, at_most: int) -> str:
    """Return an expression: the number `value` of each of `items` is larger than that of the one before it."""
    return (
        f"{list(range(1, at_most))}.all(i, i >= size({items}) || "
        f"double({items}[i - 1].{value}) < double({items}[i].{value}))"
    )


def unchanged(what: str, value: str, absent: str, remedy: str, field: str, *, unless: str = "false") -> Rule:
    """Return the rule that `value` stays as it is, `unless` something allows it to change.

    Where what it is made of is `absent` before and after, nothing more is looked at.
    """
    old, then = value.replace("self.", "oldSelf."), absent.replace("self.", "oldSelf.")
    return Rule(
        f"({absent} && {then}) || ({unless}) || {value} == {old}",
        f"'{what} changed from `' + {old} + '` to `' + {value} + '`, {remedy}'",
        field,
    )
