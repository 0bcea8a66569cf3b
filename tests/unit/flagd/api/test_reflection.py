"""Reflection answers what grpcurl asks."""

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha.reflection_pb2 import ExtensionRequest, ServerReflectionRequest

from flagd.api.reflection import Reflection
from flagd.rpc.method import Call
from flagd.store import Store
from flagd.v1 import evaluation_pb2 as _  # noqa: F401 - registers the descriptors

REFLECTION = Reflection(Store(), ["flagd.v1.EvaluationService"])


def _ask(**question):
    return REFLECTION.answer(ServerReflectionRequest(**question))


def _files(answer):
    return [FileDescriptorProto.FromString(one).name for one in answer.file_descriptor_response.file_descriptor_proto]


def test_services_are_listed_in_order():
    names = [service.name for service in _ask(list_services="").list_services_response.service]
    assert names == [
        "flagd.v1.EvaluationService",
        "grpc.reflection.v1alpha.ServerReflection",
    ]


def test_a_symbol_brings_its_file_and_all_that_it_imports():
    files = _files(_ask(file_containing_symbol="flagd.v1.EvaluationService"))
    assert files == [
        "flagd/v1/evaluation.proto",
        "google/protobuf/struct.proto",
        "google/protobuf/timestamp.proto",
    ]


def test_a_file_is_found_by_name():
    assert _files(_ask(file_by_filename="google/protobuf/struct.proto")) == ["google/protobuf/struct.proto"]


def test_what_does_not_exist_is_said_to_be_not_found():
    for question in (
        {"file_by_filename": "nowhere.proto"},
        {"file_containing_symbol": "no.Such"},
        {"all_extension_numbers_of_type": "no.Such"},
        {"file_containing_extension": ExtensionRequest(containing_type="flagd.v1.User", extension_number=1)},
        {},
    ):
        assert _ask(**question).error_response.error_code == 5, question


def test_a_message_without_extensions_has_no_numbers():
    answer = _ask(all_extension_numbers_of_type="flagd.v1.User").all_extension_numbers_response
    assert (answer.base_type_name, list(answer.extension_number)) == ("flagd.v1.User", [])


async def test_every_question_of_a_stream_is_answered_with_itself():
    async def questions():
        yield ServerReflectionRequest(list_services="a", host="h")
        yield ServerReflectionRequest(list_services="b")

    answers = [answer async for answer in REFLECTION.info(questions(), Call({}))]
    assert [(one.original_request.list_services, one.valid_host) for one in answers] == [("a", "h"), ("b", "")]


def test_both_versions_are_served():
    assert [method.path for method in REFLECTION.methods()] == [
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ]


def test_every_service_that_is_listed_is_described() -> None:
    reflection = Reflection(Store(), ["flagd.v1.EvaluationService"])
    listed = reflection.answer(ServerReflectionRequest(list_services="*")).list_services_response.service
    for service in listed:
        answer = reflection.answer(ServerReflectionRequest(file_containing_symbol=service.name))
        assert answer.file_descriptor_response.file_descriptor_proto, service.name
