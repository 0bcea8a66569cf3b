"""A project called shop, small but with one of everything, and the keys to it."""

import hashlib

WEB_KEY = "client-web"
BACKEND_KEY = "server-backend"
OTHER_KEY = "server-of-another-project"


def key_hash(key):
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


SHOP = f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: checkout, namespace: shop, generation: 7}}
spec:
  active: true
  deployments: [web]
  variants:
    - {{key: "on", payload: {{columns: 2}}}}
  metadata: {{team: payments}}
  segments:
    - name: pro
      match: [{{attribute: user.properties.plan, op: is, values: [pro]}}]
      rollout: {{percent: 100}}
    - name: the answer
      match: [{{attribute: user.properties.seats, op: is, values: ["42"]}}]
      rollout: {{percent: 100}}
---
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: colour, namespace: shop}}
spec:
  active: true
  deployments: [web, backend]
  variants: [{{key: red}}, {{key: green}}]
  prerequisites: {{flags: [{{key: checkout, variants: ["on"]}}]}}
  memberOf: [{{group: held}}]
  allOtherUsers: {{percent: 100}}
---
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: secret, namespace: shop}}
spec:
  active: true
  deployments: [backend]
  variants: [{{key: "on", testers: {{userIds: [ann]}}}}]
---
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: hidden, namespace: shop}}
spec:
  active: true
  variants: [{{key: "on"}}]
---
kind: FlagGroup
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: held, namespace: shop}}
spec: {{type: Holdout, holdout: {{percent: 1}}}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: web, namespace: shop}}
spec: {{type: Client, keyHashes: ["{key_hash(WEB_KEY)}"]}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: backend, namespace: shop}}
spec: {{type: Server, keyHashes: ["{key_hash(BACKEND_KEY)}"]}}
"""

OTHER = f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: invoice, namespace: billing}}
spec: {{active: true, variants: [{{key: "on"}}], allOtherUsers: {{percent: 100}}}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: backend, namespace: billing}}
spec: {{type: Server, keyHashes: ["{key_hash(OTHER_KEY)}"]}}
"""


def flag(key, variant, percent=100):
    """Return the manifest of a flag that gives `variant` to `percent` of all users."""
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {key}, namespace: shop}}
spec:
  active: true
  variants: [{{key: "{variant}"}}]
  allOtherUsers: {{percent: {percent}}}
"""
