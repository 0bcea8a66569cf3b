"""PyPI openfeature-provider-flagd: questions in, answers and events out. Arguments: a key or none, host, port."""

import json
import sys
import threading

import grpc
from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent

WRITING = threading.Lock()


def say(**line):
    with WRITING:
        print(json.dumps(line), flush=True)


def answer(client, question):
    fields = dict(question["context"])
    context = EvaluationContext(fields.pop("targetingKey", None), fields)
    ask = getattr(client, f"get_{question['type']}_details")
    details = ask(question["flag"], question["default"], context)
    say(value=details.value, variant=details.variant, reason=details.reason, error=details.error_code)


*keys, host, port = sys.argv[1:]
credentials = [grpc.access_token_call_credentials(key) for key in keys]
channel = grpc.composite_channel_credentials(grpc.local_channel_credentials(), *credentials) if keys else None
api.add_handler(
    ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, lambda details: say(event="changed", flags=details.flags_changed)
)
api.add_handler(ProviderEvent.PROVIDER_READY, lambda _details: say(event="ready"))
api.set_provider_and_wait(
    FlagdProvider(host=host, port=int(port), deadline_ms=5000, retry_backoff_max_ms=500, channel_credentials=channel)
)
for text in sys.stdin:
    answer(api.get_client(), json.loads(text))
api.shutdown()
