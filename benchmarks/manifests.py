"""The manifests that are measured: a namespace of flags, as a team would have written them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAMESPACE = "benchmark"
PER_FILE = 100
SHARED_SEGMENT = f"""\
apiVersion: flagoperator.dev/v1alpha1
kind: FlagSegment
metadata: {{name: recent-apps, namespace: {NAMESPACE}}}
spec:
  match:
    - {{attribute: user.version, op: version greater or equal, values: ["4.2.0"]}}
"""
COUNTRY_FLAG = """\
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  active: true
  owner: team-checkout
  variants:
    - {{key: a}}
    - {{key: b}}
  segments:
    - name: countries
      match:
        - {{attribute: user.country, op: is, values: [US, CA, MX]}}
      rollout: {{percent: {percent}}}
"""
PLAN_FLAG = """\
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  active: true
  owner: team-checkout
  description: New checkout, first for paying users in North America
  variants:
    - {{key: "on", payload: {{columns: 2, theme: dark}}}}
    - {{key: control}}
  segments:
    - name: paying users in North America
      match:
        - {{attribute: user.country, op: is, values: [US, CA, MX]}}
        - {{attribute: user.properties.plan, op: is, values: [pro, enterprise]}}
      rollout: {{percent: {percent}, weights: {{"on": 1, control: 1}}}}
    - name: recent apps on iOS
      match:
        - {{attribute: user.platform, op: is, values: [iOS]}}
      segmentRefs: [recent-apps]
      rollout: {{percent: 10}}
  allOtherUsers: {{percent: 1}}
"""


def name_of(number: int) -> str:
    """Name and key of a flag."""
    return f"flag-{number:05}"


def flag(template: str, number: int, percent: int = 100) -> str:
    """One manifest."""
    return template.format(name=name_of(number), namespace=NAMESPACE, percent=percent)


def write(directory: Path, template: str, flags: int) -> None:
    """So many flags, 100 to a file, and the segment that some of them share."""
    (directory / "segments.yaml").write_text(SHARED_SEGMENT)
    for first in range(0, flags, PER_FILE):
        documents = [flag(template, number) for number in range(first, min(first + PER_FILE, flags))]
        (directory / f"flags-{first:05}.yaml").write_text("---\n".join(documents))
