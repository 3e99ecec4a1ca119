#!/bin/bash
# record.sh NAME [INTO]: records one incident end to end from a real cluster into incidents/NAME (or INTO).
#
# Brings up a fresh one-node cluster (scripts/cluster), builds the services of go/zoo/shop, plays scenarios/NAME.sh (healthy stretch, fault,
# captures), writes the bundle with its manifest and brings the cluster down. Three to ten minutes; as root. ROOT: where the cluster lives.
# KEEP=1 leaves the cluster up afterwards.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) repo=$(cd "$(dirname "$0")/../.." && pwd)
usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; ls "$here/scenarios" | sed 's/\.sh$//; s/^/  /'; }
[ $# -ge 1 ] || { usage >&2; exit 2; }
name=$1 into=${2:-$repo/incidents/$1}
[ -f "$here/scenarios/$name.sh" ] || { echo "record.sh: no scenario called $name" >&2; usage >&2; exit 2; }
export ROOT=${ROOT:-$HOME/.cache/gorca-cluster}
cluster=$repo/scripts/cluster/cluster.sh

"$cluster" prepare # builds only what is missing; renders the configuration
"$cluster" down
"$cluster" up control node monitor
work=$(mktemp -d)
finish() { rc=$?; [ -n "${KEEP:-}" ] || "$cluster" down; rm -rf "$work"; exit $rc; }
trap finish EXIT

# the source as it was built: from a copy, for recording takes minutes and the checkout may change meanwhile
mkdir -p "$work/go/zoo"; cp "$repo"/go/go.{mod,sum} "$work/go/"; cp -r "$repo/go/zoo/shop" "$work/go/zoo/"
images=()
for main in "$work"/go/zoo/shop/cmd/*/; do
  service=$(basename "$main")
  (cd "$work/go" && CGO_ENABLED=0 nice go build -trimpath -buildvcs=false -ldflags=-w -o "$work/$service" "./zoo/shop/cmd/$service")
  images+=("shop/$service:1.4.0=$work/$service")
done
"$cluster" images "${images[@]}" >/dev/null

mkdir "$work/bundle"; : > "$work/journal"
export NAMESPACE=shop CLUSTER=$ROOT NODE; NODE=$(cat "$ROOT/etc/node"); OUTSIDE_HOST=$(hostname); export OUTSIDE_HOST
export JOURNAL=$work/journal OUT=$work/bundle RECORDER=$here GO_SOURCE=$work/go
"$cluster" run bash -eu -c '. "$RECORDER/steps.sh"; . "$RECORDER/scenarios/$1.sh"; play' _ "$name"

title=$(. "$here/scenarios/$name.sh"; echo "$title") what=$(. "$here/scenarios/$name.sh"; echo "$what")
kubernetes=$("$cluster" kubectl version -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["serverVersion"]["gitVersion"])')
"$here/bundle.py" "$work/journal" "$work/bundle" "$into" "$title" "$what" "$(go env GOVERSION)" "$kubernetes" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
