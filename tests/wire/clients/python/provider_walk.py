"""Our provider in OpenFeature's own SDK, with OpenTelemetry's own hook: prints what each step gave, as JSON."""

import asyncio
import json
import sys
import threading

from openfeature import api
from openfeature.contrib.hook.opentelemetry import TracingHook
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent
from openfeature.hook import Hook
from openfeature.telemetry import create_evaluation_event
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from flagd.client import FlagClient
from flagd.client.openfeature import FlagProvider

url, mode = sys.argv[1:]
EVE = EvaluationContext("eve", {"plan": "pro", "country": "DE"})
heard, changed, events = [], threading.Event(), []


class Telemetry(Hook):
    def finally_after(self, hook_context, details, hints):  # noqa: ARG002 - passed by name
        events.append(create_evaluation_event(hook_context, details))


def note(event):
    def handle(details):
        heard.append([event.name, details.flags_changed])
        if event is ProviderEvent.PROVIDER_CONFIGURATION_CHANGED and "late" in (details.flags_changed or []):
            changed.set()

    return handle


for event in ProviderEvent:
    api.add_handler(event, note(event))
exporter = InMemorySpanExporter()
trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
provider = FlagProvider(FlagClient(url, project="shop", evaluation=mode, timeout=60), ready_seconds=60)
api.set_provider_and_wait(provider)
client = api.get_client()
client.add_hooks([Telemetry(), TracingHook()])


def shown(details):
    return [details.value, details.variant, str(details.reason), details.error_code and details.error_code.value]


async def twins():
    return {
        "boolean": shown(await client.get_boolean_details_async("switch", False, EVE)),
        "string": shown(await client.get_string_details_async("word", "x", EVE)),
        "integer": shown(await client.get_integer_details_async("count", 0, EVE)),
        "float": shown(await client.get_float_details_async("half", 0.0, EVE)),
        "object": shown(await client.get_object_details_async("page", {}, EVE)),
    }


with trace.get_tracer("walk").start_as_current_span("request"):
    switch = client.get_boolean_details("switch", False, EVE)
answers = {
    "boolean": shown(switch),
    "string": shown(client.get_string_details("word", "x", EVE)),
    "integer": shown(client.get_integer_details("count", 0, EVE)),
    "float": shown(client.get_float_details("half", 0.0, EVE)),
    "object": shown(client.get_object_details("page", {}, EVE)),
}
telemetry = [{str(k): v for k, v in one.attributes.items()} | {"name": one.name} for one in events[:1]]
spans = [[one.name, dict(one.attributes)] for one in exporter.get_finished_spans()[0].events]
faults = {
    "mismatch": shown(client.get_integer_details("word", 7, EVE)),
    "unknown": shown(client.get_boolean_details("nope", True, EVE)),
    "off": shown(client.get_boolean_details("nobody", True, EVE)),
    "context": shown(client.get_boolean_details("pros", False, EvaluationContext("eve", {}))),
    "matched": shown(client.get_boolean_details("pros", False, EVE)),
}
print(json.dumps({
    "answers": answers, "twins": asyncio.run(twins()), "faults": faults, "telemetry": telemetry, "spans": spans,
    "metadata": dict(switch.flag_metadata),
}), flush=True)  # fmt: skip
sys.stdin.readline()
found = changed.wait(60) if mode == "local" else True
print(json.dumps({"late": shown(client.get_boolean_details("late", False, EVE)), "found": found}), flush=True)
sys.stdin.readline()
api.shutdown()
print(json.dumps(heard), flush=True)
