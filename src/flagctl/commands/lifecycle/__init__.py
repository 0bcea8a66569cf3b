"""Commands that go with a flag through environments, history and code, to its end."""
