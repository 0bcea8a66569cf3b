"""Sources: where rulesets come from: a directory of manifests, the operator, the last good one on disk."""
