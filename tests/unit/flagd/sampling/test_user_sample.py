"""UserSample: what one sample has, as another process reads it."""

from flagd.engine.split import Part, Split
from flagd.sampling import SLOTS, Sample
from flagd.sampling.slots import unpacked
from flagd.sampling.user_sample import split_of, to_message
from flagd.v1.ruleset_pb2 import UserSample

SPLIT = Split("s", ("context", "user", "user_id"), "salt", (Part("control", "off", 3), Part("treated", "on", 1)))


def test_a_sample_survives_the_wire():
    sample = Sample(SPLIT)
    sample.serve("run-1")
    sample.take_slot(7, 0)
    sample.take_slot(8, 1)
    message = to_message("shop", "f", sample, sample.since(0, SLOTS))
    read = UserSample.FromString(message.SerializeToString())
    assert (read.project, read.flag, read.run, split_of(read)) == ("shop", "f", "run-1", SPLIT)
    assert [list(unpacked(part.slots)) for part in read.parts] == [[7], [8]]
