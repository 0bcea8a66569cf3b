"""A server that follows a script: `python -m benchmarks.client_publisher FLAGS`, for the process that is measured.

Prints its port; sends a ruleset of so many flags to whoever connects, and at every line on its standard input another
one of which every flag differs, as a whole.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from benchmarks.engines import flag_keys
from benchmarks.scenario import country_flag
from flagd.client.calls.frames import frame
from flagd.ruleset.change import Change
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.update import compress, make_update
from flagd.v1.ruleset_pb2 import CompressedUpdate, FollowResponse, Heartbeat

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/connect+proto\r\ntransfer-encoding: chunked\r\n\r\n"
_HEARTBEAT = FollowResponse(heartbeat=Heartbeat())


def main() -> None:
    flags = int(sys.argv[1])
    updates = [_update(flags, generation) for generation in range(2)]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        connected, _ = listening.accept()
        with connected:
            connected.recv(65536)
            connected.sendall(_HEAD + updates[0] + _chunk(_HEARTBEAT))
            for number, _ in enumerate(sys.stdin, 1):
                connected.sendall(updates[number % 2])


def _update(flags: int, generation: int) -> bytes:
    changed: dict[str, Any] = {}
    for key in flag_keys(flags):
        changed[key] = {**country_flag(key), "metadata": {"generation": generation}}
    ruleset = HashedRuleset.empty("benchmark").changed(Change(changed, {}, {}, {})).ruleset
    packed = compress(make_update(None, ruleset).SerializeToString())
    message = CompressedUpdate(project="benchmark", revision=ruleset.revision, gzip=packed)
    return _chunk(FollowResponse(compressed_update=message))


def _chunk(response: FollowResponse) -> bytes:
    data = frame(response.SerializeToString())
    return b"%x\r\n%b\r\n" % (len(data), data)


if __name__ == "__main__":
    main()
