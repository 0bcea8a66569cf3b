#!/usr/bin/env bash
# Builds kube-apiserver, kubectl and etcd into DIR from the Go module proxy. Needs Go >= 1.25, nothing else.
#   build.sh DIR
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^require k8s.io\/kubernetes //p' "$here/go.mod")
export CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false" GOTOOLCHAIN="${GOTOOLCHAIN:-auto}"

work=$(mktemp -d)                       # go.mod and go.sum are completed there, not in the checkout
trap 'rm -rf "$work"' EXIT
cp -r "$here/." "$work"

echo "envtest: building etcd" >&2
cd "$work/etcd"
go mod tidy -e >/dev/null 2>&1
go build -mod=mod -ldflags "-s -w" -o "$out/etcd" go.etcd.io/etcd/server/v3

# Unstamped binaries call themselves v0.0.0-master+$Format:%H$, which is no version to clients.
stamp="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stamp+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version")"
  stamp+=" -X $package.gitCommit=envtest -X $package.gitTreeState=clean -X $package.buildDate=1970-01-01T00:00:00Z"
done
cd "$work"
for command in kube-apiserver kubectl; do
  echo "envtest: building $command $version (minutes the first time)" >&2
  go list -mod=mod -deps "k8s.io/kubernetes/cmd/$command" >/dev/null
  go build -mod=mod -ldflags "$stamp" -o "$out/$command" "k8s.io/kubernetes/cmd/$command"
done
