#!/usr/bin/env bash
# Builds the programs of a real node into DIR, from the Go module proxy; containerd and runc are Debian's.
# Needs Go >= 1.26; 15 minutes the first time.
#   build.sh DIR ENVTEST      ENVTEST: the recipe of the control plane, whose go.mod pins Kubernetes
# NODE_WITHOUT=kube-router leaves that out.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
envtest=$(cd "$2" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
export CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false" GOTOOLCHAIN="${GOTOOLCHAIN:-auto}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$envtest" "$work/envtest"
chmod -R u+w "$work"

version=$(sed -n 's/^require k8s.io\/kubernetes //p' "$envtest/go.mod")
stamp="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stamp+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version")"
done
cd "$work/envtest"
packages=()
for command in kube-controller-manager kube-scheduler kubelet kube-proxy; do
  [[ -x $out/$command ]] || packages+=("k8s.io/kubernetes/cmd/$command")
done
if ((${#packages[@]})); then
  echo "node: building ${packages[*]##*/} $version" >&2
  go list -mod=mod -deps "${packages[@]}" >/dev/null
  go build -mod=mod -ldflags "$stamp" -o "$out/" "${packages[@]}"
fi
# In a copy of the module of Kubernetes: with a module of its own it would compile Kubernetes' client once more, of
# another version, which is most of its cost. A release as old as that Kubernetes changes few other versions.
cp -r "$work/envtest" "$work/dns"
cp -r "$here/dns" "$work/dns/coredns"
cd "$work/dns"
go mod edit -require=github.com/coredns/coredns@v1.12.4
[[ -x $out/coredns ]] || go build -mod=mod -ldflags "-s -w" -o "$out/coredns" ./coredns
# Enforces NetworkPolicy.
[[ -x $out/kube-router || ${NODE_WITHOUT:-} == kube-router ]] ||
  GOBIN="$out" go install -ldflags "-s -w" github.com/cloudnativelabs/kube-router/v2/cmd/kube-router@v2.1.0
# Holds the namespaces of a pod.
mkdir -p "$out/pause"
go build -ldflags "-s -w" -o "$out/pause/pause" "$here/pause/pause.go"
ln -sf /usr/bin/containerd "$out/containerd"
