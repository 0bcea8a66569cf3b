"""UserMessage: an evaluation context as the User message that a server is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from flagd.rpc.struct import to_struct
from flagd.v1.evaluation_pb2 import EvaluateRequest, Group, User
from flagoperator.ctl.user import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.struct_pb2 import Struct


def user_message(context: Mapping[str, Any]) -> User:
    """Return `context` (as flagd.engine.evaluation_context makes it) as a message.

    Raises:
        UserError: a text or number cannot travel in a message as it is.
    """
    user = dict(context.get("user", {}))
    properties = user.pop("user_properties", None)
    try:
        message = User(**user)
        if properties is not None:
            message.user_properties.CopyFrom(_struct(properties, "user_properties"))
        for group_type, group in context.get("groups", {}).items():
            message.groups[group_type].CopyFrom(_group(group, f"groups.{group_type}"))
        # Parsers refuse what is nested deeper than 100 messages; better said here than by the server.
        EvaluateRequest.FromString(EvaluateRequest(user=message).SerializeToString())
    except UnicodeEncodeError:
        raise UserError("a text holds half of a surrogate pair, which no message can carry") from None
    except (DecodeError, RecursionError):
        raise UserError("properties are nested deeper than a message can carry") from None
    return message


def _group(group: Mapping[str, Any], where: str) -> Group:
    message = Group(name=group.get("group_name"), cohort_ids=group.get("cohort_ids"))
    if "group_properties" in group:
        message.properties.CopyFrom(_struct(group["group_properties"], f"{where}.properties"))
    return message


def _struct(properties: dict[str, Any], where: str) -> Struct:
    for name, value in properties.items():
        _check_exact(f"{where}.{name}", value)
    return to_struct(properties)


def _check_exact(where: str, value: object) -> None:
    if isinstance(value, dict):
        for name, member in value.items():
            _check_exact(f"{where}.{name}", member)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _check_exact(f"{where}[{position}]", item)
    elif isinstance(value, int) and abs(value) > 1 << 53:
        raise UserError(f'{where} is too large to be sent exactly as a number; write it as text: "{value}"')
