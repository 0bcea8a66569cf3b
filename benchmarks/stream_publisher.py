"""An operator's end of the ruleset stream: `python -m benchmarks.stream_publisher FOLDER` publishes what is in there.

Prints its address; at every line on its standard input, a percentage, the last flag gets that, as by an edit in a
cluster.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

from benchmarks import manifests
from flagd.compiler import compile_project
from flagd.manifest import load, read_text
from flagd.sync.publisher import Admissions, Board, Publication, RulesetService, Settings, Subscribers, TokenAdmission
from flagd.transport.grpcio import LONG_STREAMS, GrpcioTransport


async def publish(folder: Path) -> None:
    """Publish until standard input ends."""
    resources = load([folder]).resources
    compiled = compile_project(resources, project=manifests.NAMESPACE)
    last = len(compiled.ruleset.flags) - 1
    board = Board()
    service = RulesetService(board, Subscribers(), TokenAdmission(None), Settings(), Admissions())
    transport = GrpcioTransport(service.methods(), "127.0.0.1:0", options=LONG_STREAMS)
    await transport.start()
    gc.freeze()
    sequence = 0
    board.put(Publication({compiled.ruleset.project: compiled.ruleset}))
    print(transport.address, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        compiled = compiled.update(read_text(manifests.flag(manifests.COUNTRY_FLAG, last, int(line))).resources)
        sequence += 1
        board.put(Publication({compiled.ruleset.project: compiled.ruleset}, sequence=sequence))
    board.close()
    await transport.drain(0)


if __name__ == "__main__":
    asyncio.run(publish(Path(sys.argv[1])))
