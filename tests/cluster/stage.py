"""Stage: a namespace of one test, an operator for it, replicas, and what the test does to them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any, Self

import grpc

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.installation import authorize, make_namespace
from tests.cluster.processes import Operator, Replica
from tests.ports import free_address
from tests.wire.process import SECONDS, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.control_plane import ControlPlane
    from tests.wire.process import Process

GROUP = "/apis/flagoperator.dev/v1alpha1"


class Stage:
    """One namespace. Everything that was started is stopped at the end."""

    def __init__(self, plane: ControlPlane, namespace: str) -> None:
        self.plane = plane
        self.namespace = make_namespace(plane, namespace)
        self.kubeconfig = authorize(plane, namespace)
        self.address = free_address()
        self._running: list[Process] = []
        self._channels: dict[Process, grpc.Channel] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for channel in self._channels.values():
            channel.close()
        for process in self._running:
            process.signal(signal.SIGKILL)
        for process in self._running:
            process.stop()

    def operator(
        self, *options: str, listen: str = "", namespaces: tuple[str, ...] | None = None, **more: Any
    ) -> Operator:
        """Start an operator; all replicas know its address unless another is given.

        `namespaces` are those that it follows, that of the stage unless given; an empty tuple = all.
        """
        names = (self.namespace,) if namespaces is None else namespaces
        scope = ("--namespaces", ",".join(names)) if names else ()
        listen = listen or self.address
        return self._keep(Operator(self.kubeconfig, self.namespace, *scope, *options, listen=listen, **more))

    def replica(self, name: str, *options: str, operators: tuple[str, ...] = (), **more: Any) -> Replica:
        """Start a flagd, once no operator lists one of this name that has ended: it would be taken for this one."""
        ended = [each for each in self._running if isinstance(each, Replica) and each.exit_code is not None]
        if any(each.name == name for each in ended):
            self.until(lambda: all(name not in each.replicas() for each in self._operators()))
        return self._keep(Replica(operators or (self.address,), name, *options, **more))

    def replicas(self, *options: str, operators: tuple[str, ...] = ()) -> dict[str, Replica]:
        """Start two flagds; return them by name."""
        return {name: self.replica(name, *options, operators=operators) for name in ("flagd-0", "flagd-1")}

    def kubectl(self, *arguments: str, fails: bool | None = False) -> str:
        """Run kubectl as admin in the namespace; return what it prints. `fails` None = it may."""
        done = subprocess.run(
            [self.plane.kubectl, "--namespace", self.namespace, *arguments],
            env={**os.environ, "KUBECONFIG": str(self.plane.admin)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert fails is None or bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def apply(self, *objects: dict[str, Any]) -> None:
        """Apply objects as a user would."""
        for obj in objects:
            self.put(obj)

    def put(self, obj: dict[str, Any]) -> dict[str, Any]:
        """Apply one object as a user would; return it as the API server has it now."""
        kind, metadata = obj["kind"], {**obj["metadata"], "namespace": self.namespace}
        path = f"{self.collection(kind)}/{metadata['name']}"
        return dict(self.plane.apply(path, {**obj, "metadata": metadata}))

    def delete(self, kind: str, name: str) -> None:
        """Delete an object."""
        self.plane.request(f"{self.collection(kind)}/{name}", "DELETE")

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """Return an object as the cluster has it."""
        return dict(self.plane.request(f"{self.collection(kind)}/{name}"))

    def listed(self, kind: str) -> list[dict[str, Any]]:
        """Return all objects of `kind`, as single ones are returned."""
        return [{**obj, "kind": kind} for obj in self.plane.request(self.collection(kind))["items"]]

    def endpoints(self, service: str, *, ready: list[str], unready: list[str] = []) -> None:  # noqa: B006
        """Say which pods stand behind a Service, as its controller would."""
        endpoints = [
            {
                "addresses": [f"10.0.0.{number}"],
                "conditions": {"ready": pod in ready},
                "targetRef": {"kind": "Pod", "name": pod, "namespace": self.namespace},
            }
            for number, pod in enumerate([*ready, *unready], 1)
        ]
        metadata = {"name": service, "labels": {"kubernetes.io/service-name": service}}
        api = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4"}
        path = f"/apis/discovery.k8s.io/v1/namespaces/{self.namespace}/endpointslices/{service}"
        self.plane.apply(path, {**api, "metadata": metadata, "endpoints": endpoints})

    def collection(self, kind: str) -> str:
        """Return the path of the objects of `kind`."""
        return f"{GROUP}/namespaces/{self.namespace}/{kind.lower()}s"

    def expire_lease(self) -> None:
        """Free the Lease of an operator that was killed, for tests that are not about how long it lasts."""
        self.write_lease(holderIdentity="")

    def write_lease(self, **spec: Any) -> None:
        """Write into the Lease of the operators, as somebody may who has the right."""
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "flagoperator"}}
        self.plane.apply(self._lease, {**lease, "spec": spec})

    def lease(self) -> dict[str, Any]:
        """Return what the Lease of the operators says."""
        return dict(self.plane.request(self._lease)["spec"])

    @property
    def _lease(self) -> str:
        return f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/flagoperator"

    def condition(self, kind: str, name: str, condition: str) -> dict[str, Any]:
        """Return a condition, if it is about the present generation; empty if not."""
        obj = self.get(kind, name)
        for each in obj.get("status", {}).get("conditions", ()):
            if each["type"] == condition and each["observedGeneration"] == obj["metadata"]["generation"]:
                return dict(each)
        return {}

    def wait(self, name: str, kind: str = "Flag", **conditions: str) -> dict[str, Any]:
        """Wait until conditions of the present generation have a status or a reason; return the object.

        ``wait("a", Published="True", Ready="UnknownField")``
        """
        self.until(
            lambda: all(
                text in (found := self.condition(kind, name, each), found.get("status"), found.get("reason"))[1:]
                for each, text in conditions.items()
            ),
            lambda: json.dumps(self.get(kind, name).get("status"), indent=1),
        )
        return self.get(kind, name)

    def until(self, check: Callable[[], Any], describe: Callable[[], str] = str, seconds: float = SECONDS) -> Any:
        """Wait until `check` is true; the failure says what `describe` returns, and what the processes said last."""
        try:
            return eventually(check, seconds)
        except AssertionError as error:
            said = [f"{each.get('time')} {each['message']}" for process in self._running for each in process.log[-15:]]
            raise AssertionError("\n".join([str(error), describe(), *said])) from None

    def answer(self, replica: Process, key: str, user: str = "ann") -> tuple[str, str]:
        """Ask a replica; return variant and reason, or the error code."""
        if replica not in self._channels:  # not by address: that of one that has ended may be another's now
            self._channels[replica] = grpc.insecure_channel(replica.listen)
        channel = self._channels[replica]
        request = EvaluateRequest(project=self.namespace, user=User(user_id=user), flag_keys=[key])
        try:
            found = EvaluationServiceStub(channel).Evaluate(request, timeout=SECONDS).variants[key]
        except grpc.RpcError as error:
            return "", error.code().name
        return found.key, str(found.error_code or found.reason)

    def variant(self, replica: Process, key: str, user: str = "ann") -> str:
        """Ask a replica; return the variant alone."""
        return self.answer(replica, key, user)[0]

    def _operators(self) -> list[Operator]:
        """Return the operators that run."""
        return [each for each in self._running if isinstance(each, Operator) and each.exit_code is None]

    def _keep(self, process: Any) -> Any:
        self._running.append(process)
        return process


def flag(name: str, percent: int = 100, **spec: Any) -> dict[str, Any]:
    """Return an active flag with the variant "on"."""
    spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": percent}} | spec
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": name}, "spec": spec}
