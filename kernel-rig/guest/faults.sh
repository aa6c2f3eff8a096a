#!/bin/sh
# In the guest: what may go wrong while clocks are written.
. /guest/lib.sh
cd /tmp
mkdir -p /full
mount -t tmpfs -o size=8k,mode=0700 tmpfs /full
dd if=/dev/zero of=/full/other bs=4096 count=2 2>/dev/null
before=$(state)
say "clocks: $before"
check "every fault in one process is survived" $JAVA -cp "$CLASSPATH:/guest/classes" Faults
check "the settings are back" restored "$before" 1

chmod 755 / /bin
cp -r /root/.cache /tmp/ && chmod -R a+rwX /tmp/.cache
run="run --device linux --paced --model /guest/small.onnx --apply --period 500ms --jobs"
su -s /bin/sh nobody -c "HOME=/tmp $JAVA -Duser.home=/tmp -cp $CLASSPATH io.neurobalancer.cli.Main $run 2"
check "a user without the right to write is told so, exit 3" [ $? = 3 ]
check "nothing was changed" restored "$before" 0

start
echo "/tmp/killed $run 4000" >&3
check "a run takes the clocks" taken "$before"
usleep 500000
kill -9 $(running SupervisorMain) $program 2>/dev/null # grep finds itself
usleep 1000000
say "clocks: $(state)"
check "nobody is left to give back after run and supervisor were killed" [ "$(state)" != "$before" ]
check "restore gives back" $JAVA -cp "$CLASSPATH" io.neurobalancer.cli.Main restore
check "the settings are back" restored "$before" 1
finish
