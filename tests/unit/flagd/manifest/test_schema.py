from flagd.manifest.schema import integer, text


def test_every_field_is_described_and_text_is_bounded():
    assert text("Who.", 9) == {"type": "string", "maxLength": 9, "description": "Who."}
    assert integer("How many.") == {"type": "integer", "format": "int64", "description": "How many."}
