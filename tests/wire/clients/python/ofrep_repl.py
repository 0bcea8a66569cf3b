"""PyPI openfeature-provider-ofrep: questions in, answers out. Arguments: host and port."""

import json
import sys

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext


def say(**line):
    print(json.dumps(line), flush=True)


def answer(client, question):
    fields = dict(question["context"])
    context = EvaluationContext(fields.pop("targetingKey", None), fields)
    ask = getattr(client, f"get_{question['type']}_details")
    details = ask(question["flag"], question["default"], context)
    say(value=details.value, variant=details.variant, reason=details.reason, error=details.error_code)


host, port = sys.argv[1:]
api.set_provider_and_wait(OFREPProvider(f"http://{host}:{port}"))
say(event="ready")
for text in sys.stdin:
    answer(api.get_client(), json.loads(text))
