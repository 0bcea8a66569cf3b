"""Reflection, as grpcurl and its like use it."""

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse


def test_a_client_without_our_code_learns_the_service(shop):
    with grpc.insecure_channel(shop.listen) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert "flagd.v1.EvaluationService" in database.get_services()
        service = DescriptorPool(database).FindServiceByName("flagd.v1.EvaluationService")
    assert [method.name for method in service.methods] == ["Evaluate", "EvaluateBatch", "Watch", "Explain"]


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_several_questions_are_answered_on_one_stream(shop, version):
    questions = [ServerReflectionRequest(list_services=""), ServerReflectionRequest(file_by_filename="nope")]
    with grpc.insecure_channel(shop.listen) as channel:
        ask = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=ServerReflectionRequest.SerializeToString,
            response_deserializer=ServerReflectionResponse.FromString,
        )
        answers = list(ask(iter(questions)))
    assert [one.WhichOneof("message_response") for one in answers] == ["list_services_response", "error_response"]
