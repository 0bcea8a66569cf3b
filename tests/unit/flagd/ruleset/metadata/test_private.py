"""Private metadata: what segments carry for ourselves goes to nobody else."""

import pytest

from flagd.ruleset.metadata.private import amplitude_form, private_metadata, public_metadata

BUCKET = {"selector": ["context", "user", "user_id"], "salt": "f", "allocations": []}


@pytest.mark.parametrize("name", ["fullRollout", "rolloutStart"])
def test_neither_callers_nor_amplitude_are_told(name):
    segment = {"variant": "off", "metadata": {"segmentName": "All Other Users", name: BUCKET}}
    source = {"key": "f", "variants": {}, "segments": [segment]}
    assert private_metadata(segment, name) == BUCKET
    assert public_metadata(segment) == {"segmentName": "All Other Users"}
    assert amplitude_form(source)["segments"] == [{"variant": "off", "metadata": {"segmentName": "All Other Users"}}]
    assert source["segments"] == [segment]


def test_a_flag_without_any_is_left_as_it_is():
    source = {"key": "f", "variants": {}, "segments": [{"variant": "off"}, {"metadata": {"segmentName": "x"}}]}
    assert amplitude_form(source) is source
