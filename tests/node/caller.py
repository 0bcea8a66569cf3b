"""Caller: runs in a pod; asks flagd all the time, as docs/calling-flagd.md says, and prints each second how it went."""

import sys
import time

import grpc

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub

RETRY = (
    '{"maxAttempts": 3, "initialBackoff": "0.05s", "maxBackoff": "0.5s", "backoffMultiplier": 2,'
    ' "retryableStatusCodes": ["UNAVAILABLE"]}'
)
METHODS = '[{"name": [{"service": "flagd.v1.EvaluationService"}], "retryPolicy": ' + RETRY + "}]"
SETTINGS = '{"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": ' + METHODS + "}"
stub = EvaluationServiceStub(grpc.insecure_channel(sys.argv[1], options=[("grpc.service_config", SETTINGS)]))
request = EvaluateRequest(project="shop", flag_keys=["hello"], user=User(user_id="ann"))
calls = failed = 0
said = time.monotonic()
while True:
    calls += 1
    try:
        variants = stub.Evaluate(request, timeout=5, wait_for_ready=calls == 1).variants
        failed += not variants["hello"].key
    except grpc.RpcError as error:
        failed += 1
        print("error", error.code(), error.details(), flush=True)
    if time.monotonic() > said + 1:
        said = time.monotonic()
        print("calls", calls, "failed", failed, flush=True)
    time.sleep(0.02)
