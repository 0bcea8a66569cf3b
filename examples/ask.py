"""Asks flagd for one flag with nothing but grpcio: python examples/ask.py localhost:8013 new-checkout eve"""

import sys

import grpc

from flagd.v1 import evaluation_pb2, evaluation_pb2_grpc

address, flag, user = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    service = evaluation_pb2_grpc.EvaluationServiceStub(channel)
    request = evaluation_pb2.EvaluateRequest(user={"user_id": user}, flag_keys=[flag])
    response = service.Evaluate(request, timeout=1.0)  # a deadline in seconds, always

variant = response.variants[flag]
print(f"{flag}: {variant.key}, because {evaluation_pb2.Reason.Name(variant.reason)}")
