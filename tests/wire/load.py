"""A seeded load: random users, flags and edits, hostile bodies, and the offline engine as the judge."""

import asyncio
import random
import re
import time

import grpc
from google.protobuf.json_format import ParseDict
from google.protobuf.message import DecodeError

from flagd.api.evaluation import context
from flagd.compiler import compile_projects
from flagd.engine import Engine
from flagd.manifest import read_text
from flagd.rpc.limits import check_flag_keys
from flagd.rpc.status import InvalidArgument
from flagd.v1.evaluation_pb2 import ErrorCode, EvaluateRequest, EvaluateResponse, Reason, User
from tests.wire.process import SECONDS

EVALUATE = "/flagd.v1.EvaluationService/Evaluate"
FLAGS = 12
REVISIONS = 8
COUNTRIES = ["US", "CA", "DE", "", "日本", "a" * 300]
PLANS = ["free", "pro", "42", "true", "(none)", '["a"]']
OPERATORS = ["is", "is not", "contains", "does not contain", "greater", "less or equal", "version less", "regex match"]


class World:
    """Revisions of one project, each as manifests and as an engine of its own, made from one seed."""

    def __init__(self, seed):
        self.seed = seed
        self.texts = [_manifests(random.Random(f"{seed}/{n}"), n) for n in range(REVISIONS)]
        rulesets = [compile_projects(read_text(text).resources)["shop"].ruleset for text in self.texts]
        self.engines = {one.revision: Engine(one.flags.values(), one.cohorts) for one in rulesets}
        self.order = {one.revision: n for n, one in enumerate(rulesets)}
        assert len(self.engines) == REVISIONS, "every edit makes a revision of its own"


def _manifests(rng, revision):
    return "---".join(_flag(rng, n, revision) for n in range(FLAGS))


def _flag(rng, number, revision):
    payload = f"{{revision: {revision}}}" if number % 3 == 0 else f'"text {revision}"'
    segments = "".join(_segment(rng, n) for n in range(rng.randrange(4)))
    parent = f"  prerequisites: {{flags: [{{key: f{number - 1}, variants: [a, b]}}]}}\n" if number % 4 == 3 else ""
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: f{number}, namespace: shop}}
spec:
  active: {"true" if rng.random() < 0.9 else "false"}
  variants: [{{key: a, payload: {payload}}}, {{key: b, testers: {{userIds: ["tester-{rng.randrange(5)}"]}}}}]
{parent}  segments:{segments or " []"}
  allOtherUsers: {{percent: {rng.randrange(101)}, weights: {{a: {rng.randrange(1, 5)}, b: 1}}}}
"""


def _segment(rng, number):
    attribute = rng.choice(["user.country", "user.properties.plan", "user.version", "groups.company.name"])
    values = ", ".join(f'"{one}"' for one in rng.sample(["US", "CA", "pro", "42", "1.2.3", "acme", "a.*"], 2))
    condition = f"{{attribute: {attribute}, op: {rng.choice(OPERATORS)}, values: [{values}]}}"
    return f"\n    - {{name: s{number}, match: [{condition}], rollout: {{percent: {rng.randrange(101)}}}}}"


def random_user(rng):
    """Return a user as plain JSON, in Amplitude's names."""
    user = {"user_id": rng.choice([f"user-{rng.randrange(1000)}", f"tester-{rng.randrange(6)}"])}
    if rng.random() < 0.7:
        user["country"] = rng.choice(COUNTRIES)
    if rng.random() < 0.3:
        user["version"] = rng.choice(["1.2.3", "1.2", "2.0.0-rc.1", "x" * 500])
    if rng.random() < 0.6:
        plan = rng.choice([*PLANS, 42, 0, 1.5, True, False, None, [], ["pro", 42], {"a": {"b": [1]}}])
        user["user_properties"] = {"plan": plan, "n": rng.random()}
    if rng.random() < 0.3:
        user["groups"] = {"company": {"name": rng.choice(["acme", "", "other"])}}
    return user


def random_keys(rng):
    if rng.random() < 0.2:
        return []
    return [f"f{rng.randrange(FLAGS + 2)}" for _ in range(rng.choice([1, 1, 1, 3]))]


def random_body(rng):
    """Return the bytes of a request: nine in ten are good, the others anything."""
    request = EvaluateRequest(user=ParseDict(random_user(rng), User()), flag_keys=random_keys(rng))
    body = request.SerializeToString()
    fate = rng.random()
    if fate < 0.9:
        return body
    if fate < 0.93:
        return body[: rng.randrange(len(body))]
    if fate < 0.96:
        at = rng.randrange(len(body))
        return body[:at] + bytes([body[at] ^ 1 << rng.randrange(8)]) + body[at + 1 :]
    if fate < 0.98:
        return rng.randbytes(rng.randrange(200))
    request.user.user_properties.update({f"p{n}": "x" * rng.choice([1, 5000]) for n in range(rng.choice([5, 200]))})
    return request.SerializeToString()


REFUSALS = [
    re.compile(r"user\.[a-z0-9_.]+: (longer than \d+ bytes|\d+ given, at most \d+ allowed)"),
    re.compile(r"flag_keys: longer than 256 bytes"),
    re.compile(r"unknown project"),
    re.compile(r"project: longer than 256 bytes"),
]


def judge(world, body, answer):
    """Return what is wrong with `answer` (EvaluateResponse or AioRpcError) to `body`; empty = nothing."""
    try:
        request = EvaluateRequest.FromString(body)
    except DecodeError:
        expected = (grpc.StatusCode.INVALID_ARGUMENT, "not a valid flagd.v1.EvaluateRequest")
        return "" if _error(answer) == expected else f"not refused as unreadable: {answer}"
    try:
        keys = check_flag_keys(request.flag_keys)
        target = context.evaluation_context(request.user)
    except InvalidArgument as error:
        target, keys = None, error.message
    if isinstance(answer, grpc.aio.AioRpcError):
        code, text = _error(answer)
        if request.project not in {"", "shop"}:
            return "" if code in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT} else f"{code}: {text}"
        return "" if target is None and any(one.fullmatch(text) for one in REFUSALS) else f"{code}: {text}"
    if target is None:
        return f"not refused: {keys}"
    return _compare(world.engines.get(answer.revision), target, keys, answer)


def _error(answer):
    return (answer.code(), answer.details()) if isinstance(answer, grpc.aio.AioRpcError) else (None, None)


def _compare(engine, target, keys, answer):
    if engine is None:
        return f"a revision that never was: {answer.revision}"
    expected = engine.evaluate(target)
    wanted = keys or sorted(expected)
    if sorted(answer.variants) != sorted(wanted):
        return f"asked for {wanted}, got {sorted(answer.variants)}"
    for key in wanted:
        got, variant = answer.variants[key], expected.get(key)
        if variant is None:
            if got.error_code != ErrorCode.ERROR_CODE_FLAG_NOT_FOUND:
                return f"{key} is unknown, got {got}"
        elif (got.key, Reason.Name(got.reason), got.segment) != (
            variant.key,
            f"REASON_{variant.reason}",
            variant.segment,
        ) or not _same_payload(got, variant.payload):
            return f"{key}: expected {variant}, got {got}"
    return ""


def _same_payload(got, payload):
    if not got.HasField("payload"):
        return payload is None
    if got.payload.HasField("struct_value"):
        return {name: one.number_value for name, one in got.payload.struct_value.fields.items()} == payload
    return got.payload.string_value == payload


class Load:
    """Callers that send random bodies and judge every answer as it comes."""

    def __init__(self, world, address, callers=8):
        self._world = world
        self._address = address
        self._callers = callers
        self.answered = 0
        self.refused = 0
        self.unavailable = 0
        self.wrong = []
        self.revisions = set()

    async def run(self, requests, stop_when_unavailable=False):
        """Send `requests` bodies in all, as many by each caller."""
        options = [("grpc.enable_retries", 0)]
        async with grpc.aio.insecure_channel(self._address, options=options) as channel:
            call = channel.unary_unary(EVALUATE, response_deserializer=EvaluateResponse.FromString)
            async with asyncio.TaskGroup() as callers:
                for number in range(self._callers):
                    share = requests // self._callers
                    callers.create_task(self._call(call, f"{self._world.seed}/{number}", share, stop_when_unavailable))

    async def _call(self, call, seed, requests, stop_when_unavailable):
        rng, latest = random.Random(seed), -1
        for _ in range(requests):
            body = random_body(rng)
            try:
                answer = await call(body, timeout=SECONDS)
            except grpc.aio.AioRpcError as error:
                answer = error
                if error.code() == grpc.StatusCode.UNAVAILABLE and stop_when_unavailable:
                    self.unavailable += 1
                    return
            wrong = judge(self._world, body, answer)
            if wrong:
                self.wrong.append((body, wrong))
                return
            if isinstance(answer, grpc.aio.AioRpcError):
                self.refused += 1
                continue
            self.answered += 1
            self.revisions.add(answer.revision)
            order = self._world.order[answer.revision]
            if order < latest:
                self.wrong.append((body, f"revision {order} after {latest}"))
                return
            latest = order


def resident_bytes(pid):
    """Return the resident memory of a process and its children."""
    pids = [str(pid)]
    with open(f"/proc/{pid}/task/{pid}/children") as children:  # noqa: PTH123
        pids += children.read().split()
    total = 0
    for one in pids:
        with open(f"/proc/{one}/statm") as statm:  # noqa: PTH123
            total += int(statm.read().split()[1]) * 4096
    return total


async def edit(folder, texts, pause=0.7):
    """Write one revision after the other, with time for the server to see each."""
    for text in texts:
        await asyncio.sleep(pause)
        (folder / ".next").write_text(text)
        (folder / ".next").rename(folder / "flags.yaml")
    return time.monotonic()
