#!/bin/sh
# In the guest: a real model under ONNX Runtime from profile to run.  The clocks are set for real, and so is the inference.
. /guest/lib.sh
model="--model /guest/small.onnx"
cd /tmp

start
before=$(state)
check "profile --apply" nb /out/profile.txt profile --device linux --apply $model --budget 6 --repeats 3 --out samples.jsonl
check "fit" nb /out/fit.txt fit samples.jsonl --out costs.json
check "plan" nb /out/plan.txt plan --device linux $model --from costs.json --deadline 1s --check --out plan.json
[ $failed = 0 ] || { cat /out/*.txt; finish; }
check "run --apply with ONNX Runtime" nb /out/run.json run --device linux $model --plan plan.json --apply --period 1s --jobs 10 --json
cat /out/run.json
check "the settings are back" restored "$before" 0
finish
