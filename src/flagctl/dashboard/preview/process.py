"""Process: one preview, asked on standard input and answered on standard output, both JSON; then it ends.

What is pasted may be made to take long: memory and time are bounded here, and whoever started us ends us.
"""

from __future__ import annotations

import json
import resource as limits
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flagctl.comparison import report as differences_report
from flagctl.comparison.difference import differences
from flagctl.comparison.side import side_of
from flagctl.dashboard.preview.known import Known
from flagctl.failure import Unreachable
from flagctl.impact import report as impact_report
from flagctl.impact.limits import Limits
from flagctl.impact.measurement import Measure, measured
from flagd.manifest import Severity, read_text
from flagd.manifest.reading import load_files
from flagd.manifest.reading.files import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.comparison.side import Side
    from flagd.manifest import Diagnostic, Loaded, Resource

MOST_MEMORY = 1024 * 1024 * 1024
MOST_CPU_SECONDS = 10
_MEASURE = Measure(None, None, (), 1, Limits())


def main() -> None:
    """Answer one question."""
    limits.setrlimit(limits.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    limits.setrlimit(limits.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    question = json.load(sys.stdin)
    known = Known(question["items"], question["faults"], question["paths"])
    json.dump(previewed(question["text"], question["namespace"], known), sys.stdout)


def previewed(text: str, namespace: str, there: Known) -> dict[str, Any]:
    """Return the fields of a Preview for `text`, pasted for `namespace`, where `there` is what there is."""
    pasted = read_text(text, "the manifest")
    findings = [str(each) for each in pasted.diagnostics]
    if not pasted.resources:
        return {"error": "there is no resource without errors in it", "findings": findings}
    known = load_files(SourceFile("now", json.dumps(item).encode()) for item in there.items)
    then = _with(known, pasted, namespace)
    try:
        left = side_of("now", known, there.supplies(known, known))
        right = side_of("the manifest", then, there.supplies(known, then))
    except Unreachable as error:
        return {"error": error.message, "findings": findings}
    findings += map(str, _new_errors(left, right))
    return {**_compared(left, right), "findings": list(dict.fromkeys(findings))}


def _new_errors(left: Side, right: Side) -> Iterator[Diagnostic]:
    """Yield what keeps something of `right` from compiling that is not wrong on the `left`."""
    known = {(each.resource, each.path, each.message) for each in left.manifests.diagnostics}
    for each in right.manifests.diagnostics:
        if each.severity is Severity.ERROR and (each.resource, each.path, each.message) not in known:
            yield each.at(None)  # what was pasted, and what is there, lie in no file of the reader


def _compared(left: Side, right: Side) -> dict[str, Any]:
    found, result = differences(left, right), measured(left, right, _MEASURE)
    return {
        "differences": json.loads(differences_report.as_json(found))["differences"],
        "impact": json.loads(impact_report.as_json(result))["flags"],
        "markdown": f"{differences_report.markdown(found)}\n\n{impact_report.markdown(result)}\n",
    }


def _with(known: Loaded, pasted: Loaded, namespace: str) -> Loaded:
    """Return `known` with what was pasted in place of what had its name."""
    there = {each.ref for each in known.resources}
    new = {each.ref: each for each in (_placed(each, namespace, each.ref in there) for each in pasted.resources)}
    kept = [each for each in known.resources if each.ref not in new]
    refused = {ref: key for ref, key in {**known.refused, **pasted.refused}.items() if ref not in new}
    return replace(known, resources=(*kept, *new.values()), refused=refused)


def _placed(one: Resource, namespace: str, is_known: bool) -> Resource:
    """Return `one` in `namespace` where it names none and there is nothing of its name in `default`."""
    if is_known or one.metadata.namespace != "default":
        return one
    return one.model_copy(update={"metadata": one.metadata.model_copy(update={"namespace": namespace})})


if __name__ == "__main__":
    main()
