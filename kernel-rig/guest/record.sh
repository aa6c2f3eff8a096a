#!/bin/sh
# In the guest: lets each governor of the kernel decide over a load, and keeps what it was told and what it decided.
# record.sh SECONDS [SEED [GOVERNORS]]
seconds=$1 seed=${2:-1} which=${3:-schedutil ondemand conservative userspace simple_ondemand}
P=/sys/devices/system/cpu/cpufreq/policy0
D=/sys/class/devfreq/fakesoc-dmc
G=/sys/class/devfreq/fakesoc-gpu
log=/sys/module/fakesoc/parameters/log_on

# record NAME SECONDS CPU TABLE TUNABLE...
record() {
	name=$1 time=$2 cpu=$3 table=$4
	shift 4
	echo 0 >/proc/fakesoc_log
	echo 1 >$log
	usleep 300000 # a sample or two while nothing runs
	load "$seed" "$time" "$cpu" & pid=$!
	wait $pid
	echo 0 >$log
	{ echo "# governor ${name%-*}"
	  echo "# pid $pid"
	  echo "# kernel $(uname -r)"
	  echo "# opps $table"
	  for tunable in "$@"; do echo "# $(basename $tunable) $(cat $tunable)"; done
	  cat /proc/fakesoc_log; } >/out/$name.log
	echo "$name: $(wc -l </out/$name.log) lines"
}

echo performance >$G/governor
echo performance >$D/governor
table=$(cat $P/scaling_available_frequencies)
for governor in $which; do
	case $governor in userspace | simple_ondemand) continue ;; esac
	# as the laws begin: at the slowest clock
	echo userspace >$P/scaling_governor && echo ${table%% *} >$P/scaling_setspeed
	echo $governor >$P/scaling_governor || exit 1
	usleep 300000
	record $governor $seconds 0 "$table" $P/$governor/*
done
case $which in *userspace*)
	echo userspace >$P/scaling_governor
	for clock in $table; do
		echo $clock >$P/scaling_setspeed
		record userspace-$clock $((seconds / 8)) 0 "$table"
	done
	;;
esac
case $which in *simple_ondemand*)
	echo simple_ondemand >$D/governor
	echo 4 >$D/polling_interval
	record simple_ondemand $((seconds * 3)) -1 "$(sed 's/000\>//g' $D/available_frequencies)" $D/polling_interval
	;;
esac
