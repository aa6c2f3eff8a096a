#!/bin/sh
# In the guest: what may go wrong while clocks are written.
. /guest/lib.sh
mkdir -p /full
mount -t tmpfs -o size=4k,mode=0700 tmpfs /full
dd if=/dev/zero of=/full/other bs=4096 count=1 2>/dev/null
echo schedutil >$P/scaling_governor
before=$(state)
run="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx96m"
check "every fault in one process is survived" java $run -cp "/guest/classes:$(echo /app-lib/*.jar | tr ' ' :)" Faults
check "the settings are back" restored "$before" 1
cp -r /root/.cache /tmp/ && chmod -R a+rwX /tmp/.cache
su -s /bin/sh nobody -c "cd /tmp && nb run --device linux --paced --model /guest/small.onnx --apply --period 500ms --jobs 2" >/tmp/nobody 2>&1
status=$?
cat /tmp/nobody
check "a user without the right to write is told so, exit 3" [ $status = 3 ]
check "nothing was changed" restored "$before" 0

model="--model /guest/small.onnx"
nb run --device linux --paced $model --apply --period 120ms --jobs 4000 >/dev/null 2>&1 &
pid=$!
check "a run takes the clocks" taken
supervisor=$(pgrep -f SupervisorMain)
kill -9 $supervisor $pid
usleep 1000000
check "nobody is left to give back after both were killed" [ "$(state)" != "$before" ]
check "restore gives back" nb restore
check "the settings are back" restored "$before" 1
finish
