"""Metadata: what segments carry inside our rulesets, for explanations and rollouts."""
