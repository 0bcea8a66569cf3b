"""Answers of flagd's own evaluator: a definition and contexts are read, a variant for each is written."""

import json
import sys

from openfeature.contrib.tools.flagd.core.flagd_core import FlagdCore
from openfeature.evaluation_context import EvaluationContext

asked = json.load(sys.stdin)
core = FlagdCore()
core.set_flags(json.dumps(asked["definition"]))
found = []
for attributes in asked["contexts"]:
    context = EvaluationContext(attributes.get("targetingKey"), attributes)
    found.append({key: core.resolve_string_value(key, "", context).variant for key in asked["definition"]["flags"]})
json.dump(found, sys.stdout)
