from flagd.manifest.column import Column


def test_a_wide_column_is_shown_on_demand():
    assert Column("Owner", "string", ".spec.owner").schema() == {
        "name": "Owner",
        "type": "string",
        "jsonPath": ".spec.owner",
    }
    assert Column("Owner", "string", ".spec.owner", wide=True).schema()["priority"] == 1
