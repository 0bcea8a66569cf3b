"""The rulesets served last, kept in a file, so that a restart answers without its source."""
