"""Sync: how rulesets travel: flagd.v1.RulesetService, from those who publish to those who subscribe."""
