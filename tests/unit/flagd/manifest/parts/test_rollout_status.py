import pytest

from flagd.manifest.parts.rollout_status import ALLOCATIONS, ROLLOUT


def fields(schema):
    if "properties" in schema or schema["type"] == "object":
        for field in schema.get("properties", {}).values():
            yield field
            yield from fields(field)
    elif schema["type"] == "array":
        yield from fields(schema["items"])


@pytest.mark.parametrize("schema", [ALLOCATIONS, ROLLOUT], ids=["allocations", "rollout"])
def test_every_field_is_described_and_bounded(schema):
    for field in fields(schema):
        assert field["description"]
        bound = {"string": "maxLength", "array": "maxItems"}.get(field["type"])
        assert bound is None or field[bound]
