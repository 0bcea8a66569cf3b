"""Struct: google.protobuf.Struct and Value to and from plain Python values.

Walked by hand: json_format takes ten times as long, and this is on the path of every call.
Numbers stay floats; the engine prints 42.0 as 42, as JavaScript does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from flagd.engine.context import double

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.rpc.budget import Budget


def from_struct(struct: Struct, budget: Budget | None = None, level: int = 0) -> dict[str, Any]:
    """Return the object as a dict. Raises what `budget` raises, before it reads what is too much.

    Members of objects inside come sorted by name: a message has them in an order that each process makes up.
    """
    fields = struct.fields
    if budget is not None:
        budget.spend(len(fields))
    plain: dict[str, Any] = {}
    # By name, for items() of a protobuf map costs as much as all the rest; scalars here, for a call each is as much.
    for name in sorted(fields) if level else fields:
        value = fields[name]
        match value.WhichOneof("kind"):
            case "string_value":
                plain[name] = value.string_value
            case "number_value":
                plain[name] = value.number_value
            case "bool_value":
                plain[name] = value.bool_value
            case _:
                plain[name] = from_value(value, budget, level + 1)
    return plain


def from_value(value: Value, budget: Budget | None = None, level: int = 1) -> Any:  # noqa: ANN401
    """Return the value; a Value without a kind is None. The parser bounds the depth at 100 messages."""
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            return value.number_value
        case "bool_value":
            return value.bool_value
        case "struct_value":
            if budget is not None:
                budget.check_level(level)
            return from_struct(value.struct_value, budget, level)
        case "list_value":
            return _from_list(value.list_value, budget, level)
    return None


def _from_list(values: ListValue, budget: Budget | None, level: int) -> list[Any]:
    if budget is not None:
        budget.check_level(level)
        budget.spend(len(values.values))
    return [from_value(item, budget, level + 1) for item in values.values]


def to_struct(plain: Mapping[str, Any]) -> Struct:
    """Return the dict as a Struct."""
    return Struct(fields={str(name): to_value(value) for name, value in plain.items()})


def to_value(plain: Any) -> Value:  # noqa: ANN401
    """Return any JSON-shaped value as a Value. Integers beyond 2^53 lose digits, as in any Struct."""
    match plain:
        case None:
            return Value(null_value=NULL_VALUE)
        case bool():
            return Value(bool_value=plain)
        case int() | float():
            return Value(number_value=double(plain))
        case str():
            return Value(string_value=plain.encode(errors="replace").decode())
        case dict():
            return Value(struct_value=to_struct(plain))
        case list() | tuple():
            return Value(list_value=ListValue(values=[to_value(item) for item in plain]))
    raise TypeError(f"not a JSON value: {type(plain).__name__}")


def whole_numbers(value: Any) -> Any:  # noqa: ANN401
    """Return `value` with 42.0 as 42, which is what the manifest says: a Struct knows floats only."""
    match value:
        case float() if value.is_integer() and abs(value) <= 1 << 53:
            return int(value)
        case dict():
            return {name: whole_numbers(member) for name, member in value.items()}
        case list():
            return [whole_numbers(item) for item in value]
    return value
