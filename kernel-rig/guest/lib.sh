# Shared by the scripts that run in the guest.
P=/sys/devices/system/cpu/cpufreq/policy0
D=/sys/class/devfreq/fakesoc-dmc
K=/sys/module/fakesoc/parameters
. /guest/java.sh
checks=0
failed=0
export HOME=/root XDG_RUNTIME_DIR=

# before they are loaded they are not listed, and clocks are set by minimum = maximum
modprobe cpufreq_userspace
modprobe governor_userspace

now() { cut -d' ' -f1 /proc/uptime; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN {printf "%.2f", b - a}'; }
say() { printf '[%7.2f] %s\n' "$(now)" "$*"; }

# check SENTENCE COMMAND...: the sentence is true if the command succeeds
check() {
	sentence=$1
	shift
	checks=$((checks + 1))
	if "$@"; then say "ok: $sentence"; else say "FAILED: $sentence"; failed=$((failed + 1)); fi
}

# Everything that may be changed, in one line.
state() {
	for file in $P/scaling_governor $P/scaling_min_freq $P/scaling_max_freq $P/schedutil/rate_limit_us $D/governor $D/min_freq \
		$D/max_freq $D/polling_interval; do
		cat $file 2>/dev/null || echo -
	done | tr '\n' ' '
}

# restored STATE SECONDS: whether the state is back within a time
restored() {
	begin=$(now)
	while [ "$(state)" != "$1" ]; do
		if awk -v t="$(since $begin)" -v l="$2" 'BEGIN {exit t < l}'; then
			echo "  wanted $1"
			echo "  is     $(state)"
			return 1
		fi
		usleep 10000
	done
}

# taken STATE: waits until the clocks are no longer as they were
taken() {
	begin=$(now)
	while [ "$(state)" = "$1" ]; do
		awk -v t="$(since $begin)" 'BEGIN {exit t < 90}' && return 1
		usleep 50000
	done
}

# running WORD: the processes whose command line holds a word
running() { grep -l "$1" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3; }

value() { sed -n "s/.*\"$1\" *: *\([-0-9.eE]*\).*/\1/p" "$2" | head -1; }

# start: begins the one Java process that carries out commands; nb FILE ARGUMENT...: a command, its output in FILE
start() {
	mkfifo /tmp/commands /tmp/codes
	exec 3<>/tmp/commands 4<>/tmp/codes
	$JAVA -cp "$CLASSPATH:/guest/classes" Commands /tmp/commands /tmp/codes &
	program=$!
}

nb() {
	echo "$*" >&3
	read code <&4
	return $code
}

finish() {
	say "$checks checks, $failed failed"
	exit $((failed > 0))
}
