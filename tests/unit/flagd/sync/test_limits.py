"""What one end of the ruleset stream may send, the other end takes."""

from flagd.client.following.follower import FRAME_BYTES
from flagd.last_good.file import MAX_BYTES
from flagd.sync.limits import UPDATE_BYTES
from flagd.transport.channel import OPTIONS

AROUND_BYTES = 512
"""What is around an update: its project, its revision, the publisher's term."""


def test_whoever_receives_the_largest_update_has_room_for_it():
    received = dict(OPTIONS)["grpc.max_receive_message_length"]
    assert isinstance(received, int)
    assert min(received, FRAME_BYTES, MAX_BYTES) >= UPDATE_BYTES + AROUND_BYTES
