"""gRPC: interceptors that pass the user of a request on, so that every service of a call chain gives one variant.

python grpc_service.py 50051 [NEXT]: a service that says what it decides for the caller's user, and what NEXT does.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import grpc

from flagd.client import FlagClient, User

USER_ID, PLAN = "x-flag-user", "x-flag-plan"
NOBODY = User()
current_user: ContextVar[User] = ContextVar("current_user")
client = FlagClient(os.environ.get("FLAGD_URL", "http://localhost:8013"))


class TakeUser(grpc.ServerInterceptor):
    """Has every call know its user, from the metadata that the caller sent."""

    def intercept_service(
        self, proceed: Callable[..., grpc.RpcMethodHandler | None], details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler | None:
        handler = proceed(details)
        if handler is None or handler.unary_unary is None:
            return handler
        told = dict(details.invocation_metadata)
        user = User(told.get(USER_ID), properties={"plan": told.get(PLAN, "free")})

        def call(request: object, context: grpc.ServicerContext) -> object:
            token = current_user.set(user)
            try:
                return handler.unary_unary(request, context)
            finally:
                current_user.reset(token)

        return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)


class PassUser(grpc.UnaryUnaryClientInterceptor):
    """Has every call that is made tell whom it is about."""

    def intercept_unary_unary(
        self, proceed: Callable[..., grpc.Call], details: grpc.ClientCallDetails, request: object
    ) -> grpc.Call:
        user = current_user.get(NOBODY).context.get("user", {})
        told = [(USER_ID, user.get("user_id", "")), (PLAN, user.get("user_properties", {}).get("plan", ""))]
        more = grpc.ClientCallDetails()
        more.method, more.timeout, more.credentials = details.method, details.timeout, details.credentials
        more.metadata = [*(details.metadata or ()), *told]
        return proceed(more, request)


def checkout(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    found = client.variant("new-checkout", current_user.get(NOBODY)).key.encode()
    return b"%b, %b" % (found, ask(sys.argv[2])) if len(sys.argv) > 2 else found


def ask(address: str) -> bytes:
    with grpc.insecure_channel(address) as channel:
        return grpc.intercept_channel(channel, PassUser()).unary_unary("/shop.Shop/Checkout")(b"", timeout=10)


def main() -> None:
    client.wait_ready(10)
    server = grpc.server(ThreadPoolExecutor(4), interceptors=[TakeUser()])
    handlers = {"Checkout": grpc.unary_unary_rpc_method_handler(checkout)}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("shop.Shop", handlers)])
    print(server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
