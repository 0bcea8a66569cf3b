import pytest

from flagd.compiler import deliver_local
from tests.unit.compiler.manifest import compiled, flag, holdout, needing, only


def test_local_clients_get_remote_flags_switched_off():
    remote = only(compiled(needing("g", "f"), flag("f")), "g")
    delivered = deliver_local(remote)
    assert delivered["segments"] == [{"metadata": {"segmentName": "default"}, "variant": "off"}]
    assert "dependencies" not in delivered
    assert (delivered["variants"], delivered["metadata"]) == (remote["variants"], remote["metadata"])


@pytest.mark.parametrize("key", ["f", "h"])
def test_local_clients_get_local_flags_and_groups_as_they_are(key):
    local = only(compiled(flag("f", evaluationMode="Local"), holdout("h")), key)
    assert deliver_local(local) is local
