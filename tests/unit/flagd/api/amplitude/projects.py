"""A project for local evaluation: a local flag, a remote one, a cohort; and its Server key."""

from tests.wire.shop import key_hash

KEY = "server-key"
SERVER = {"authorization": f"Api-Key {KEY}"}
CLIENT = {"authorization": "Api-Key client-key"}


def local_project(variant="on"):
    """Return the manifests. `variant` is that of the flag ``near``."""
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: near}}
spec:
  active: true
  evaluationMode: Local
  deployments: [back]
  variants: [{{key: "{variant}", testers: {{cohorts: [friends]}}}}]
  allOtherUsers: {{percent: 100}}
---
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: far}}
spec: {{active: true, deployments: [back], variants: [{{key: "on"}}], allOtherUsers: {{percent: 100}}}}
---
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: elsewhere}}
spec:
  active: true
  variants: [{{key: "on", testers: {{cohorts: [strangers]}}}}]
  allOtherUsers: {{percent: 100}}
---
kind: FlagCohort
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: friends}}
spec: {{unit: User, members: [bob, ann, cat]}}
---
kind: FlagCohort
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: strangers}}
spec: {{unit: User, members: [zoe]}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: back}}
spec: {{type: Server, keyHashes: ["{key_hash(KEY)}"]}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: front}}
spec: {{type: Client, keyHashes: ["{key_hash("client-key")}"]}}
"""
