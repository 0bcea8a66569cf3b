"""Choice: which evaluation the arguments of a client ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flagd.client.local import LocalEvaluation
from flagd.last_good.file import LastGoodFile

if TYPE_CHECKING:
    from flagd.client.calls.endpoint import Endpoint
    from flagd.client.following.seed import Seed
    from flagd.client.remote import Caller, RemoteEvaluation


def last_good_file(path: Path | str | None) -> LastGoodFile | None:
    """Return the file at `path`; None = there is to be none."""
    return None if path is None else LastGoodFile(Path(path).absolute().parent, Path(path).name)


def local_evaluation(endpoint: Endpoint | None, seed: Seed) -> LocalEvaluation:
    """Return what evaluates in this process. Raises ValueError where there is nothing to answer from."""
    if endpoint is None and seed.bootstrap is None and seed.last_good is None:
        raise ValueError("url: needed, where there is neither bootstrap nor last_good to answer from")
    if endpoint is not None and endpoint.protocol != "connect":
        raise ValueError("url: local evaluation uses https:// or http://; say evaluation='remote' for gRPC")
    return LocalEvaluation(endpoint, seed)


def remote_evaluation(endpoint: Endpoint | None, seed: Seed, timeout: float) -> RemoteEvaluation:
    """Return what asks a server. Raises ValueError for arguments of the other, ImportError without the extra."""
    from flagd.client.remote import RemoteEvaluation  # only some need what it imports

    if endpoint is None:
        raise ValueError("url: needed for evaluation='remote'")
    if seed.bootstrap is not None or seed.last_good is not None:
        raise ValueError("bootstrap and last_good are for evaluation='local': a server answers otherwise")
    return RemoteEvaluation(_caller(endpoint), seed.project, timeout)


def _caller(endpoint: Endpoint) -> Caller:
    if endpoint.protocol == "connect":
        from flagd.client.calls.connect_caller import ConnectCaller  # as above

        return ConnectCaller(endpoint)
    try:
        from flagd.client.calls.grpc_caller import GrpcCaller  # as above
    except ImportError as error:
        raise ImportError("url: gRPC needs the extra: pip install 'flagoperator[grpc]'") from error
    return GrpcCaller(endpoint)
