"""Request headers as services see them."""

import pytest

from flagd.transport.asgi.metadata import Metadata

FIELDS = {b"authorization": b"Api-Key x", b"trace-bin": b"AAEC", b"latin": b"\xe9"}


def test_text_is_found_by_name():
    metadata = Metadata(FIELDS)
    assert metadata["authorization"] == "Api-Key x"
    assert metadata["latin"] == "é"
    assert metadata.get("missing") is None


def test_binary_metadata_is_left_out():
    metadata = Metadata(FIELDS)
    assert "trace-bin" not in metadata
    assert list(metadata) == ["authorization", "latin"]
    assert len(metadata) == 2


@pytest.mark.parametrize("name", ["missing", "", "名", "trace-bin"])
def test_a_name_that_is_not_there_is_a_key_error(name):
    with pytest.raises(KeyError):
        Metadata(FIELDS)[name]
