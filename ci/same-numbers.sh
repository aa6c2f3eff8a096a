#!/usr/bin/env bash
# Shows that a change moves code and no number: builds two revisions side by side, runs 'compare' and a study of 60
# cells with each, and compares every figure. Takes some ten minutes.
#
#   ci/same-numbers.sh BEFORE [AFTER]     default AFTER: HEAD
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
before=${1:?usage: ci/same-numbers.sh BEFORE [AFTER]}
after=${2:-HEAD}
work=$(mktemp -d)
trap 'git -C "$root" worktree remove --force "$work/before" 2>/dev/null; git -C "$root" worktree remove --force "$work/after" 2>/dev/null; rm -rf "$work"' EXIT

cat > "$work/matrix.yaml" <<'MATRIX'
schema: neurobalancer/matrix/1
models: [zoo:mobilenet-v2, zoo:squeezenet-1.1, zoo:resnet-18]
devices: [sim:pixel-4-cpu, sim:pixel-6-cpu-big, sim:pixel-6-gpu, sim:jetson-tx2-gpu, sim:rk3399-cpu-big]
deadlines: [1.1x, 1.5x, 2x, 3x]
governors: [stock, sysscale, performance, clairvoyant]
MATRIX

for side in before after; do
  git -C "$root" worktree add -q --detach "$work/$side" "${!side}"
  (
    cd "$work/$side"
    ./neurobalancer compare --jobs 200 --json --out "$work/$side-compare" > "$work/$side.json"
    ./neurobalancer study --matrix "$work/matrix.yaml" --jobs 100 --out "$work/$side-study" > /dev/null
  )
done

python3 - "$work" <<'PYTHON'
import csv, json, sys
work = sys.argv[1]
left, right = (json.load(open(f"{work}/{side}.json")) for side in ("before", "after"))
differing = 0
for old in left["governors"]:
    new = next((g for g in right["governors"] if g["name"] == old["name"]), None)
    for key in ("energyJoulesPerJob", "missRate", "medianSlackSeconds", "switchesPerJob"):
        if new is not None and new[key] != old[key]:
            differing += 1
            print(f"compare, {old['name']}, {key}: {old[key]} became {new[key]}")
rows = [list(csv.DictReader(open(f"{work}/{side}-study/results.csv"))) for side in ("before", "after")]
if len(rows[0]) != len(rows[1]):
    sys.exit(f"{len(rows[0])} rows became {len(rows[1])}")
for old, new in zip(*rows):
    for key in old:
        if key in new and old[key] != new[key]:
            differing += 1
            if differing < 20:
                print(f"study, {old}: {key} became {new[key]}")
print(f"{len(left['governors'])} governors and {len(rows[0])} rows compared: {differing} figures differ")
sys.exit(1 if differing else 0)
PYTHON
