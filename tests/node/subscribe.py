"""Subscribe: runs in a pod; asks the operator for rulesets with the token in /identity, and prints what it is told.

The argument is the name that it gives itself.
"""

import sys
from pathlib import Path

import grpc

from flagd.v1.ruleset_pb2 import Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub

stub = RulesetServiceStub(grpc.insecure_channel("flagoperator.flags.svc:8015"))
token = Path("/identity/token")
metadata = [("authorization", f"Bearer {token.read_text()}")] if token.exists() else []
hello = SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name=sys.argv[1]))
try:
    print(
        "told",
        next(stub.Subscribe(iter([hello]), metadata=metadata, timeout=60, wait_for_ready=True)).WhichOneof("message"),
    )
except grpc.RpcError as error:
    print(error.code().name, error.details())
