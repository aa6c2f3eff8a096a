#!/bin/sh
# In a guest of two CPUs, each with a clock of its own: one goes off-line while its clock is held.
. /guest/lib.sh
P=/sys/devices/system/cpu/cpufreq/policy1
before=$(state)
say "clocks: $before"
check "a CPU that goes off-line is survived" $JAVA -Dpolicy=1 -cp "$CLASSPATH:/guest/classes" Faults offline
check "the settings are back" restored "$before" 2
finish
