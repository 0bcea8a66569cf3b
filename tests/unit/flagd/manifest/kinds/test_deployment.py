from tests.unit.flagd.manifest.findings import found, resource, warned

HASH = "sha256:" + "a" * 64


def deployment(*hashes):
    return resource("FlagDeployment", {"type": "Client", "keyHashes": list(hashes)})


def test_a_key_hash_stands_once():
    assert [one.reason for one in found(deployment(HASH, HASH))] == ["Repeated"]


def test_a_deployment_that_nobody_can_use_is_warned_of():
    assert [one.reason for one in warned(deployment())] == ["NoKeys"]


def test_a_key_in_place_of_its_hash_is_refused_with_what_makes_one():
    (finding,) = found(deployment("client-abc"))
    assert (finding.path, finding.reason) == ("spec.keyHashes[0]", "InvalidForm")
    assert "flagctl key new" in finding.message
