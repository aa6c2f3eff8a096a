#!/usr/bin/env bash
# Drives a phone without a phone: Debian's real adbd, toybox and mksh in a root of their own with the sysfs of a Pixel 6 as
# plain files, this project's guard and bundle as arm64 code under qemu, and the adb server of Debian between them. Shows
# doctor (without adb, unauthorized, without root too), profile, plan and run --apply; that the clocks are back after kill -9
# of the host's process, of the phone's Java, of the guard and of adbd, and after the connection was cut or went silent; and
# that nothing was written that no journal holds. No phone, no Android runtime and no phone's kernel is involved; times under
# qemu mean nothing.
#
# It needs root on Debian 12 or newer with Linux 6.7 or newer. It installs adb, debootstrap, qemu-user-static, inotify-tools,
# gcc-aarch64-linux-gnu and a JDK 17 where they are missing, fetches some 250 MB of Debian's packages into FOLDER the
# first time, and takes some ten minutes then and five later. Nothing is registered or mounted outside namespaces of its own.
#
#   ci/phone.sh [FOLDER]     default: a folder under the temporary directory, kept for the next time
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-${TMPDIR:-/tmp}/neurobalancer-phone}
mkdir -p "$work"
work=$(cd "$work" && pwd)
export NEUROBALANCER_PHONE_DIR=$work/made ANDROID_ADB_SERVER_PORT=5737 HOME=$work/home
export NEUROBALANCER_PHONE_JAVA_OPTS='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx1500m' NEUROBALANCER_RUN_DIR=$work/run
export NEUROBALANCER_SILENCE_MILLIS=60000   # emulation and a busy machine; the ends of inputs are heard at once all the same
nb=${NEUROBALANCER:-$root/neurobalancer}   # another build of the command line may be named
model=${PHONE_MODEL:-$root/kernel-rig/guest/small.onnx}
port=5755 phone=$work/phone sysfs=$work/sysfs serial=127.0.0.1:5755
room=$phone/data/local/tmp/neurobalancer
mkdir -p "$HOME"
export TMPDIR=$work/tmp
rm -rf "$TMPDIR" "$HOME/.android" "$work/adbd.pid" && mkdir -p "$TMPDIR"   # an old number may be another's process by now

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

missing=
for tool in adb:adb debootstrap:debootstrap qemu-aarch64-static:qemu-user-static aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu inotifywait:inotify-tools jlink:openjdk-17-jdk-headless; do
  command -v "${tool%:*}" > /dev/null || missing="$missing ${tool#*:}"
done
if [ -n "$missing" ]; then
  step "installing$missing"
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null
fi

# --- the phone: what adbd and a shell on it need
if [ ! -f "$phone/made" ]; then
  step "making the phone's root (Debian trixie: adbd, toybox, mksh)"
  rm -rf "$phone"
  debootstrap --variant=minbase --include=adbd,toybox,mksh trixie "$phone" > "$work/debootstrap.log"
  mkdir -p "$phone"/{system/bin,data/local/tmp,dev,proc,sys}
  chmod 777 "$phone/data/local/tmp"
  cp "$phone/bin/mksh" "$phone/system/bin/sh"
  ln -sf mksh "$phone/usr/bin/sh"   # Debian's adbd starts /bin/sh: mksh, as on Android
  for command in $(chroot "$phone" /usr/bin/toybox); do
    case $command in '[' | su | sh) ;; *) ln -sf /usr/bin/toybox "$phone/system/bin/$command" ;; esac
  done
  touch "$phone/made"
fi

# --- its sysfs: plain files. A clock runs at its maximum, because both names are one file; energy is added up by a loop.
file() { mkdir -p "$(dirname "$sysfs/$1")"; printf '%s\n' "$2" > "$sysfs/$1"; }
one_file() { rm -f "$sysfs/$2"; ln "$sysfs/$1" "$sysfs/$2"; }
policy() { # FIRST COUNT CLOCK...
  local at=devices/system/cpu/cpufreq/policy$1 first=$1 count=$2
  shift 2
  file $at/scaling_available_frequencies "$*"
  file $at/scaling_available_governors 'sched_pixel conservative powersave performance schedutil'
  file $at/scaling_governor sched_pixel
  file $at/scaling_driver exynos
  file $at/scaling_min_freq "$1"
  file $at/cpuinfo_min_freq "$1"
  file $at/scaling_max_freq "${*: -1}"
  file $at/cpuinfo_max_freq "${*: -1}"
  file $at/cpuinfo_transition_latency 50000
  file $at/related_cpus "$(seq -s' ' "$first" $((first + count - 1)))"
  file $at/affected_cpus "$(seq -s' ' "$first" $((first + count - 1)))"
  one_file $at/scaling_max_freq $at/scaling_cur_freq
}
mif=devices/platform/17000010.devfreq_mif/devfreq/17000010.devfreq_mif
cpu=devices/system/cpu/cpufreq/policy6
lay_sysfs() {
  rm -rf "$sysfs"
  policy 0 4 300000 574000 738000 930000 1098000 1197000 1328000 1401000 1598000 1704000 1803000
  policy 4 2 400000 553000 696000 799000 910000 1024000 1197000 1328000 1491000 1663000 1836000 1999000 2130000 2253000
  policy 6 2 500000 851000 984000 1106000 1277000 1426000 1582000 1745000 1826000 2048000 2188000 2252000 2401000 2507000 2630000 2704000 2802000
  file $mif/available_frequencies '421000 546000 676000 845000 1014000 1352000 1539000 1716000 2028000 2288000 2535000 2730000 3172000'
  file $mif/available_governors interactive
  file $mif/governor interactive
  file $mif/min_freq 421000
  file $mif/max_freq 3172000
  one_file $mif/max_freq $mif/cur_freq
  mkdir -p "$sysfs/class/devfreq"
  ln -s ../../$mif "$sysfs/class/devfreq/17000010.devfreq_mif"
  file bus/iio/devices/iio:device0/name s2mpg10-odpm
  file class/power_supply/battery/type Battery
  file class/power_supply/battery/status Charging
  file class/power_supply/battery/current_now 395000
  file class/power_supply/battery/voltage_now 4100000
  file class/thermal/thermal_zone0/type BIG
  file class/thermal/thermal_zone0/temp 41000
  energy 0 0 0
}
energy() { # MILLIS CPU-MICROJOULES MEMORY-MICROJOULES
  printf 't=%d\nCH0(T=%d)[S2M_VDD_CPUCL2], %d\nCH1(T=%d)[S1M_VDD_MIF], %d\n' "$1" "$1" "$2" "$1" "$3" > "$sysfs/energy.new"
  mv "$sysfs/energy.new" "$sysfs/bus/iio/devices/iio:device0/energy_value"
}
meter() {
  local f m e=0 g=0 before now
  before=$(date +%s%3N)
  while sleep 0.04; do
    now=$(date +%s%3N)
    read -r f < "$sysfs/$cpu/scaling_max_freq"
    read -r m < "$sysfs/$mif/max_freq"
    e=$((e + (now - before) * (150 + f / 1000 * (f / 1000) / 4000)))
    g=$((g + (now - before) * (60 + m / 10000)))
    before=$now
    energy "$now" "$e" "$g"
  done
}
settings() { (cd "$sysfs" && grep -H '' devices/system/cpu/cpufreq/policy*/scaling_{governor,min_freq,max_freq} $mif/{governor,min_freq,max_freq} | grep -v ':$'); }

# --- adbd in namespaces of its own, where arm64 programs run under qemu (binfmt_misc is per user namespace)
start_phone() {
  cat > "$work/phone-up" << 'UP'
set -e
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$(command -v qemu-aarch64-static)"':F' > /proc/sys/fs/binfmt_misc/register
mount --bind "$2" "$1/sys"
mount --rbind /proc "$1/proc"
mount -t tmpfs tmpfs "$1/dev"
for d in null zero urandom random tty; do touch "$1/dev/$d"; mount --bind "/dev/$d" "$1/dev/$d"; done
mkdir -p "$1/dev/pts" "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
ln -s pts/ptmx "$1/dev/ptmx"
echo $$ > "$4"
exec chroot "$1" /usr/bin/env -i PATH=/system/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/data/local/tmp \
  LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/android ADBD_PORT="$3" SHELL=/system/bin/sh /usr/sbin/adbd
UP
  rm -f "$work/adbd.pid"
  rm -f "$work/gate" && mkfifo "$work/gate"
  # The second exec happens after the users are mapped: only then is root in the namespace root there.
  unshare --user --mount --propagation private bash -c 'read -r _ < "$1"; shift; exec bash "$@"' _ "$work/gate" \
    "$work/phone-up" "$phone" "$sysfs" $port "$work/adbd.pid" > "$work/adbd.log" 2>&1 &
  local pid=$!
  until [ "$(readlink /proc/$pid/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.02; done
  echo '0 0 65536' > /proc/$pid/uid_map
  echo '0 0 65536' > /proc/$pid/gid_map
  echo go > "$work/gate"
  for _ in $(seq 100); do
    [ -s "$work/adbd.pid" ] && adb connect $serial 2>&1 | grep -q '^connected\|^already' && adb -s $serial shell true 2> /dev/null && return
    sleep 0.2
  done
  cat "$work/adbd.log" >&2
  fail 'adbd did not come up'
}
end() {
  [ -z "${stopped:-}" ] || kill -CONT "$stopped" 2> /dev/null || true
  [ -z "${watches:-}" ] || kill $watches 2> /dev/null || true
  [ ! -s "$work/adbd.pid" ] || kill -9 "$(cat "$work/adbd.pid")" 2> /dev/null || true
  [ -z "${meter_pid:-}" ] || kill "$meter_pid" 2> /dev/null || true
  adb kill-server > /dev/null 2>&1 || true
}
trap end EXIT
lay_sysfs
meter &
meter_pid=$!
cd "$work"

adb kill-server > /dev/null 2>&1 || true
said() { # CODE COMMAND...: what a refusal prints, and its exit code
  local wanted=$1 code=0
  shift
  "$@" 2>&1 || code=$?
  echo "(exit code $code)"
  [ "$code" = "$wanted" ] || fail "the exit code should be $wanted"
}

step 'building'
"$nb" --version

step 'doctor where no adb is installed'
rm -rf "$work/no-adb" && mkdir "$work/no-adb"
for tool in /bin/* /usr/bin/* /usr/local/bin/*; do ln -sf "$tool" "$work/no-adb/"; done
rm "$work/no-adb/adb"
PATH=$work/no-adb said 1 "$nb" doctor --device adb

step 'doctor while the adb server does not run; while no phone is plugged in; while the phone does not trust this computer'
said 1 "$nb" doctor --device adb
adb start-server 2> /dev/null
said 1 "$nb" doctor --device adb
java "$root/ci/UntrustingPhone.java" $((port + 1)) 2> /dev/null &
untrusting=$!
for _ in $(seq 100); do
  adb connect 127.0.0.1:$((port + 1)) > /dev/null 2>&1 || true
  if adb devices | grep -q unauthorized; then break; fi
  sleep 0.2
done
adb devices | grep 127
said 3 "$nb" doctor --device adb
adb disconnect 127.0.0.1:$((port + 1)) > /dev/null
kill $untrusting

step "adbd starts: $(chroot "$phone" dpkg-query -W -f '${Package} ${Version}' adbd)"
start_phone
adb devices
settings > "$work/before"

step 'doctor, without a guard'
rm -rf "$NEUROBALANCER_PHONE_DIR"/{guard,bundle.tar.gz}
said 1 "$nb" doctor --device adb

step 'doctor on a phone without root'
mv "$phone/usr/bin/sh" "$phone/usr/bin/sh.root"
printf '#!/usr/bin/mksh\nexec /usr/bin/setpriv --reuid 2000 --regid 2000 --clear-groups /usr/bin/mksh "$@"\n' > "$phone/usr/bin/sh"
chmod 755 "$phone/usr/bin/sh"
said 1 "$nb" doctor --device adb | sed -n '/^missing/,$p'
said 3 "$nb" restore --device adb
mv "$phone/usr/bin/sh.root" "$phone/usr/bin/sh"

step 'bundle'
"$nb" bundle
size=$(stat -c %s "$NEUROBALANCER_PHONE_DIR/bundle.tar.gz")
[ "$size" -le 60000000 ] || fail "the bundle is larger than 60 MB"
tar -tzf "$NEUROBALANCER_PHONE_DIR/bundle.tar.gz" | grep '^nb/licences/.'
[ "$(stat -c %s "$NEUROBALANCER_PHONE_DIR/guard")" -le 150000 ] || fail 'the guard is larger than 150 KB'

step 'doctor, with one'
"$nb" doctor --device adb
least=999999
for _ in 1 2 3; do
  start=$(date +%s%3N)
  "$nb" doctor --device adb > /dev/null
  took=$(($(date +%s%3N) - start))
  echo "doctor took $took ms, the start of Java on this machine included (load $(cut -d' ' -f1 /proc/loadavg))"
  [ $took -ge $least ] || least=$took
done
slow=
[ $least -le 3000 ] || slow="doctor takes longer than 3 s (load $(cut -d' ' -f1 /proc/loadavg))"   # told again at the end
"$nb" device init --device adb --out "$work/device.json" 2> /dev/null
echo "device init wrote $(grep -c kilohertz "$work/device.json") OPPs"

# Every write below /sys/devices is told by the kernel, whoever writes; what the journals hold is kept beside it.
rm -rf "$work/out" && mkdir "$work/out"
inotifywait -q -m -r -e modify --format %w%f "$sysfs/devices" > "$work/out/written" 2> "$work/out/watching" &
watches=$!
keep_journals() {
  local journal
  while sleep 0.05; do
    for journal in "$room"/run/journal "$room"/nb-*/nb/run/neurobalancer/journal; do
      if [ -f "$journal" ] && ! cmp -s "$journal" "$work/out/journal"; then
        cp "$journal" "$work/out/journal" 2> /dev/null && cat "$work/out/journal" >> "$work/out/journals"
      fi
    done
  done
}
keep_journals &
watches="$watches $!"
sleep 1

step 'profile on the phone'
"$nb" profile --device adb --apply --model "$model" --budget 4 --repeats 2 --out "$work/out/samples.jsonl"
diff "$work/before" <(settings) && echo 'the clocks are as they were found'

step 'plan on this machine, and once more in the bundle on the phone: the same bytes'
"$nb" plan --device adb --model "$model" --from "$work/out/samples.jsonl" --deadline "${PHONE_DEADLINE:-2s}" --out "$work/out/plan.json"
bundle=/data/local/tmp/neurobalancer/nb-$(sha256sum "$NEUROBALANCER_PHONE_DIR/bundle.tar.gz" | cut -c 1-16)/nb
case $model in zoo:*) inside=$model ;; *) inside=/files/$(basename "$model") ;; esac
adb -s $serial push "$work/out/samples.jsonl" "$bundle/files/" > /dev/null
adb -s $serial shell "chroot $bundle /jre/bin/java $NEUROBALANCER_PHONE_JAVA_OPTS -cp '/app/*' io.neurobalancer.cli.Main \
  plan --device linux --model $inside --from /files/samples.jsonl --deadline ${PHONE_DEADLINE:-2s} --out /files/plan.json" > /dev/null
adb -s $serial pull "$bundle/files/plan.json" "$work/out/plan-phone.json" > /dev/null
strip() { sed -E 's#"command" *: *"[^"]*"#"command":""#' "$1"; }
cmp <(strip "$work/out/plan.json") <(strip "$work/out/plan-phone.json") && echo "equal: $(strip "$work/out/plan.json" | sha256sum | cut -c1-16)"

run=(run --device adb --apply --model "$model" --plan "$work/out/plan.json" --period "${PHONE_PERIOD:-4s}")
step 'run with the plan on the phone'
"$nb" "${run[@]}" --jobs 3
diff "$work/before" <(settings) && echo 'the clocks are as they were found'

changed() { # waits until a run holds the clocks
  for _ in $(seq 9000); do
    if ! settings | cmp -s - "$work/before"; then return; fi
    sleep 0.1
  done
  fail 'no run took the clocks'
}
back() { # WHAT SINCE: the clocks must be as they were found, a second after SINCE (milliseconds) at the latest
  local took
  for _ in $(seq 500); do
    if settings | cmp -s - "$work/before"; then
      took=$(($(date +%s%3N) - $2))
      echo "after $1: the clocks are back within $took ms"
      [ $took -le ${3:-1000} ] || fail 'that is too late'
      return
    fi
    sleep 0.01
  done
  diff "$work/before" <(settings) || true
  fail "after $1 the clocks are not back"
}
# Java and the guard on the phone run under qemu: found by their command lines, among the processes of this phone's namespace.
phone_process() { pgrep --ns "$(cat "$work/adbd.pid")" --nslist user -f "$1" | head -n 1; }
phone_java() { phone_process "qemu-aarch64-static /jre/bin/java .*io.neurobalancer.cli.Main run"; }
disturb() { # WHAT COMMAND...
  local what=$1 code=0 since
  shift
  step "run, and $what"
  "$nb" "${run[@]}" --jobs 500 > "$work/out/disturbed.log" 2>&1 &
  host=$!
  changed
  sleep 1
  since=$(date +%s%3N)
  "$@"
  back "$what" "$since" "${within:-1000}"
  if [ -n "${stopped:-}" ]; then
    kill -CONT "$stopped"
    stopped=
  fi
  wait $host 2> /dev/null || code=$?
  echo "the host's process ended with $code; it said:"
  { grep -v cpuinfo "$work/out/disturbed.log" || true; } | tail -n 3 | cut -c 1-160
}
kill_host() { kill -9 "$(pgrep -P $host -x java || echo $host)"; }
kill_phone_java() { kill -9 "$(phone_java)"; }
kill_lead() { kill -9 "$(phone_process "qemu-aarch64-static /data/local/tmp/neurobalancer/guard-[0-9a-f]* lead")"; }
kill_adbd() { kill -9 "$(cat "$work/adbd.pid")"; }
cut_cable() { adb disconnect $serial > /dev/null; }
silence() { # the connection stays open and nothing comes: adb's server, which carries everything, stands still
  stopped=$(pgrep -f "^adb -L tcp:$ANDROID_ADB_SERVER_PORT|^adb .*:$ANDROID_ADB_SERVER_PORT .*fork-server")
  kill -STOP "$stopped"
}
reconnect() {
  for _ in $(seq 100); do
    if adb connect $serial 2>&1 | grep -q '^connected\|^already' && adb -s $serial shell true 2> /dev/null; then return; fi
    sleep 0.2
  done
  fail 'the phone cannot be reached again'
}
disturb "kill -9 of the host's process" kill_host
disturb "kill -9 of the phone's Java" kill_phone_java
disturb "kill -9 of the guard that leads it" kill_lead
disturb 'the cable is pulled (adb disconnect)' cut_cable
reconnect
# The usual 800 ms, or ten times as much where the machine is too busy to send a sign of life so often.
heard=$(awk -v cores="$(nproc)" '{ print ($1 > 2 * cores ? 8000 : 800) }' /proc/loadavg)
within=$((heard + 200)) NEUROBALANCER_SILENCE_MILLIS=$heard \
  disturb "the connection goes silent (adb server stopped), given up after $heard ms" silence
reconnect
disturb 'kill -9 of adbd' kill_adbd

step 'adbd comes back; restore by hand finds nothing left; everything is removed'
start_phone
"$nb" restore --device adb
"$nb" bundle --remove --device adb
adb -s $serial shell 'ls /data/local/tmp'
diff "$work/before" <(settings) && echo 'the clocks are as they were found'

step 'what was written, and what the journals hold'
sed "s|^$sysfs/||" "$work/out/written" | sort | uniq -c | sort -k2
sed "s|^$sysfs||" "$work/out/written" | sort -u > "$work/out/files-written"
cut -f 3 < <(grep -a '^[0-9a-f]* keep' "$work/out/journals") | sed 's|^/sys||' | sort -u > "$work/out/files-kept"
outside=$(comm -23 "$work/out/files-written" "$work/out/files-kept" | wc -l)
echo "$(wc -l < "$work/out/written") writes to $(wc -l < "$work/out/files-written") files; $outside files that no journal holds"
[ -s "$work/out/files-written" ] && [ "$outside" = 0 ] || fail 'something was written that no journal holds'

step "done after $SECONDS s"
[ -z "$slow" ] || fail "$slow"
