#!/bin/sh
# In the guest: the whole way from an unknown board to a plan that saves energy, and back.
. /guest/lib.sh
model="--model /guest/small.onnx"
jobs=${1:-20}
cd /tmp

start
before=$(state)
say "clocks: $before"
check "doctor finds clocks and meters" nb /out/doctor.txt doctor
sed -n 1,12p /out/doctor.txt

say "profile --apply"
check "profile measures this machine" nb /out/profile.txt profile --device linux --apply $model --budget 6 --repeats 4 --out samples.jsonl
cat /out/profile.txt
[ $failed = 0 ] || finish
check "the settings are back after profile" restored "$before" 0
check "fit" nb /out/fit.txt fit samples.jsonl --out costs.json
cat /out/fit.txt
[ $failed = 0 ] || finish
check "plan" nb /out/plan.txt plan --device linux $model --from costs.json --deadline 1s --check --out plan.json
cat /out/plan.txt
[ $failed = 0 ] || finish
period=$(awk -v s="$(value deadlineSeconds plan.json)" 'BEGIN {printf "%.0fms", s * 1000}')
say "a job every $period"
cp samples.jsonl costs.json plan.json /out/

say "run: the kernel's own governors"
check "run without --apply" nb /out/kernel.json run --device linux --paced $model --period $period --jobs $jobs --json
check "it writes nothing" restored "$before" 0
say "run --apply: the plan"
check "run --apply" nb /out/plan-run.json run --device linux --paced $model --plan plan.json --apply --period $period --jobs $jobs --json
check "the settings are back after run" restored "$before" 0
kernel=$(value energyJoulesPerJob /out/kernel.json)
ours=$(value energyJoulesPerJob /out/plan-run.json)
say "energy per job: kernel $kernel J ($(value misses /out/kernel.json) late), plan $ours J ($(value misses /out/plan-run.json) late)"
check "the meter shows less energy than under the kernel's governors" awk -v a="$ours" -v b="$kernel" 'BEGIN {exit !(a > 0 && a < b)}'
check "no job of the plan was late" [ "$(value misses /out/plan-run.json)" = 0 ]

say "kill -9 in the middle of a run"
echo "/tmp/killed run --device linux --paced $model --plan plan.json --apply --period $period --jobs 4000" >&3
check "the run takes the clocks" taken "$before"
usleep 1000000
say "clocks: $(state)"
kill -9 $program
begin=$(now)
# The guest's processor is emulated and its host may be busy: how long it takes is told, not judged.
check "everything is back" restored "$before" 20
say "back after $(since $begin) s of the guest"
usleep 500000
check "no journal is left" [ ! -e /run/neurobalancer/journal ]
finish
