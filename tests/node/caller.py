"""Caller: runs in a pod; asks flagd all the time in one of three ways, and prints each second how it went.

Arguments: `grpc`, as docs/calling-flagd.md says, or `flagd` or `ofrep`, by OpenFeature's providers; then host and port.
"""

import sys
import time

import grpc

SERVICE = '{"name": [{"service": "flagd.v1.EvaluationService"}], "retryPolicy": '
RETRY = (
    '{"maxAttempts": 3, "initialBackoff": "0.05s", "maxBackoff": "0.5s", "backoffMultiplier": 2,'
    ' "retryableStatusCodes": ["UNAVAILABLE"]}}'
)
SETTINGS = '{"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": [' + SERVICE + RETRY + "]}"


def by_grpc(host, port):
    from flagd.v1.evaluation_pb2 import EvaluateRequest, User
    from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub

    channel = grpc.insecure_channel(f"dns:///{host}:{port}", options=[("grpc.service_config", SETTINGS)])
    stub = EvaluationServiceStub(channel)
    request = EvaluateRequest(project="shop", flag_keys=["hello"], user=User(user_id="ann"))
    stub.Evaluate(request, timeout=60, wait_for_ready=True)
    return lambda: "" if stub.Evaluate(request, timeout=5).variants["hello"].key else "no variant"


def by_provider(provider):
    from openfeature import api
    from openfeature.evaluation_context import EvaluationContext

    api.set_provider_and_wait(provider)
    client, user = api.get_client(), EvaluationContext("ann")

    def ask():
        details = client.get_boolean_details("hello", False, user)
        return f"{details.error_code} {details.error_message}" if details.error_code else ""

    return ask


def by_flagd(host, port):
    from openfeature.contrib.provider.flagd import FlagdProvider
    from openfeature.contrib.provider.flagd.config import CacheType

    # Without the cache, so that each question is a call.
    options = {"selector": "shop", "deadline_ms": 5000, "cache": CacheType.DISABLED}
    return by_provider(FlagdProvider(host=host, port=int(port), **options))


def by_ofrep(host, port):
    from openfeature.contrib.provider.ofrep import OFREPProvider

    headers = {"flagd-selector": "shop"}
    return by_provider(OFREPProvider(f"http://{host}:{port}", headers_factory=lambda: headers, timeout=5))


WAYS = {"grpc": by_grpc, "flagd": by_flagd, "ofrep": by_ofrep}


def outcome(ask):
    try:
        return ask()
    except grpc.RpcError as error:
        return f"{error.code()} {error.details()}"


def main(way, host, port):
    ask = WAYS[way](host, port)
    calls = failed = 0
    said = time.monotonic()
    while True:
        calls += 1
        if fault := outcome(ask):
            failed += 1
            print("error", fault, flush=True)
        if time.monotonic() > said + 1:
            said = time.monotonic()
            print("calls", calls, "failed", failed, flush=True)
        time.sleep(0.02)


main(*sys.argv[1:])
