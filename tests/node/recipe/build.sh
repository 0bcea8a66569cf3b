#!/usr/bin/env bash
# Builds the programs of a real node into DIR, from the Go module proxy; containerd and runc are Debian's.
# Needs Go >= 1.26; 15 minutes the first time.
#   build.sh DIR ENVTEST      ENVTEST: the recipe of the control plane, whose go.mod pins Kubernetes
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
envtest=$(cd "$2" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
export CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false" GOTOOLCHAIN="${GOTOOLCHAIN:-auto}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$envtest" "$work/envtest"
cp -r "$here/dns" "$work/dns"
chmod -R u+w "$work"

version=$(sed -n 's/^require k8s.io\/kubernetes //p' "$envtest/go.mod")
stamp="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stamp+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version")"
done
cd "$work/envtest"
for command in kube-controller-manager kube-scheduler kubelet kube-proxy; do
  [[ -x $out/$command ]] && continue
  echo "node: building $command $version" >&2
  go list -mod=mod -deps "k8s.io/kubernetes/cmd/$command" >/dev/null
  go build -mod=mod -ldflags "$stamp" -o "$out/$command" "k8s.io/kubernetes/cmd/$command"
done
cd "$work/dns"
[[ -x $out/coredns ]] || go build -mod=mod -ldflags "-s -w" -o "$out/coredns" .
# Enforces NetworkPolicy.
[[ -x $out/kube-router ]] ||
  GOBIN="$out" go install -ldflags "-s -w" github.com/cloudnativelabs/kube-router/v2/cmd/kube-router@v2.1.0
# Holds the namespaces of a pod.
mkdir -p "$out/pause"
go build -ldflags "-s -w" -o "$out/pause/pause" "$here/pause/pause.go"
ln -sf /usr/bin/containerd "$out/containerd"
