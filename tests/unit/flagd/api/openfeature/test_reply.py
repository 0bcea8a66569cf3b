from flagd.api.openfeature.reply import Replies
from flagd.engine.variant import Reason, Variant
from flagd.openfeature.v1 import evaluation_pb2 as pb
from flagd.resolution import Type

ON = Variant("on", "on", {"a": 1}, {"flagVersion": 1}, Reason.STATIC, "s")
TEXT = Variant("on", "on", None, {}, Reason.STATIC, "s")


def test_a_reply_is_made_once_per_variant_project_and_type():
    replies = Replies()
    reply = replies.find(TEXT, Type.STRING, "shop")
    assert replies.find(TEXT, Type.STRING, "shop") is reply
    assert replies.find(TEXT, Type.STRING, "other") is not reply
    assert replies.find(TEXT, Type.ANY, "shop") is not reply


def test_a_reply_is_a_response_of_the_type_that_was_asked_for():
    reply = Replies().find(ON, Type.OBJECT, "shop")
    response = pb.ResolveObjectResponse.FromString(reply.data)
    assert (response.variant, dict(response.value), reply.is_default) == ("on", {"a": 1.0}, False)


def test_without_a_variant_the_callers_default_holds():
    reply = Replies().find(None, Type.STRING, "shop")
    assert reply.is_default
    assert not pb.ResolveStringResponse.FromString(reply.data).variant


def test_a_value_that_the_message_cannot_hold_is_none():
    listed = Variant("on", "on", [1], {}, Reason.STATIC, "s")
    assert Replies().find(listed, Type.ANY, "shop").data == b""
