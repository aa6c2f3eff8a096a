#!/bin/sh
# In the guest: the whole way from an unknown board to a plan that saves energy, and back.
. /guest/lib.sh
model="--model /guest/small.onnx"
period=${1:-150ms}
jobs=${2:-25}
cd /tmp

before=$(state)
say "clocks: $before"
check "doctor finds clocks and meters" nb doctor >/out/doctor.txt
sed -n 1,12p /out/doctor.txt

say "profile --apply"
check "profile measures this machine" nb profile --device linux --apply $model --budget 6 --repeats 4 --out samples.jsonl >/out/profile.txt
cat /out/profile.txt
[ $failed = 0 ] || finish
check "the settings are back after profile" restored "$before" 0
check "fit" nb fit samples.jsonl --out costs.json >/out/fit.txt
cat /out/fit.txt
[ $failed = 0 ] || finish
check "plan" nb plan --device linux $model --from costs.json --deadline $period --check --out plan.json >/out/plan.txt
cat /out/plan.txt
[ $failed = 0 ] || finish
cp samples.jsonl costs.json plan.json /out/

say "run: the kernel's own governors"
check "run without --apply" nb run --device linux --paced $model --period $period --jobs $jobs --json >/out/kernel.json
check "it writes nothing" restored "$before" 0
say "run --apply: the plan"
check "run --apply" nb run --device linux --paced $model --plan plan.json --apply --period $period --jobs $jobs --json >/out/plan-run.json
check "the settings are back after run" restored "$before" 0
kernel=$(value energyJoulesPerJob /out/kernel.json)
ours=$(value energyJoulesPerJob /out/plan-run.json)
say "energy per job: kernel $kernel J ($(value misses /out/kernel.json) late), plan $ours J ($(value misses /out/plan-run.json) late)"
check "the meter shows less energy than under the kernel's governors" awk -v a="$ours" -v b="$kernel" 'BEGIN {exit !(a > 0 && a < b)}'
check "no job of the plan was late" [ "$(value misses /out/plan-run.json)" = 0 ]

say "kill -9 in the middle of a run"
nb run --device linux --paced $model --plan plan.json --apply --period $period --jobs 4000 >/dev/null 2>&1 &
pid=$!
check "the run takes the clocks" taken
usleep 1000000
say "clocks: $(state)"
kill -9 $pid
begin=$(now)
check "everything is back within a second" restored "$before" 1
say "back after $(since $begin) s"
wait $pid
usleep 500000
check "no journal is left" [ ! -e /run/neurobalancer/journal ]
check "restore has nothing to do" nb restore
finish
