"""UserMessage: an evaluation context as the User message that a server is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from flagd.rpc.struct import to_struct
from flagd.v1.evaluation_pb2 import EvaluateRequest, Group, User

if TYPE_CHECKING:
    from collections.abc import Mapping


class UserMessageError(ValueError):
    """The user cannot travel in a message; the text says why."""


def user_message(context: Mapping[str, Any]) -> User:
    """Return `context` (as flagd.engine.evaluation_context makes it) as a message.

    Raises:
        UserMessageError: a text cannot travel in a message as it is.
    """
    user = dict(context.get("user", {}))
    properties = user.pop("user_properties", None)
    try:
        message = User(**user)
        if properties is not None:
            message.user_properties.CopyFrom(to_struct(properties))
        for group_type, group in context.get("groups", {}).items():
            message.groups[group_type].CopyFrom(_group(group))
        # Parsers refuse what is nested deeper than 100 messages; better said here than by the server.
        EvaluateRequest.FromString(EvaluateRequest(user=message).SerializeToString())
    except UnicodeEncodeError:
        raise UserMessageError("a string contains half a surrogate pair, which no message can carry") from None
    except (DecodeError, RecursionError):
        raise UserMessageError("properties are nested deeper than a message can carry") from None
    return message


def _group(group: Mapping[str, Any]) -> Group:
    message = Group(name=group.get("group_name"), cohort_ids=group.get("cohort_ids"))
    if "group_properties" in group:
        message.properties.CopyFrom(to_struct(group["group_properties"]))
    return message
