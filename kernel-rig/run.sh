#!/usr/bin/env bash
# Proves on a real Linux kernel what this project does to clocks. Boots one in QEMU with an imaginary SoC whose cpufreq,
# devfreq, powercap and hwmon files are the kernel's own, and runs this checkout's build inside.
#
#   run.sh [--if-available] [--out DIR] [check | faults | offline | inference | equality [SECONDS]]
#
#   check      doctor, profile --apply, fit, plan, run --apply against the kernel's own governors, kill -9 (the default)
#   faults     what may go wrong while clocks are written, and whether the settings come back
#   offline    the last part of faults alone: a CPU goes off-line in a guest of two
#   inference  a real ONNX model by ONNX Runtime: profile --apply, fit, plan, run --apply
#   equality   the kernel's governors against the ones in baselines, over recorded decisions
#
# Ends with 0 if everything held, 1 if a check failed, 126 if something that it needs is missing (with --if-available: 0, and
# a sentence). DIR (kernel-rig/out) receives report.txt and what the guest left.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
available=false out=$here/out
while [ $# -gt 0 ]; do
  case $1 in
    --if-available) available=true ;;
    --out) out=$2; shift ;;
    -*) echo "kernel-rig: there is no option '$1'." >&2; exit 126 ;;
    *) break ;;
  esac
  shift
done
what=${1:-check}
shift || true
t0=$SECONDS
limit=${KERNEL_RIG_LIMIT:-1800} # seconds of this machine, which may be busy
soc='throttle=1 fast=1 invariant=1 cpu_pf=600 base_uw=100000' # a core of 1.1 W on a board of 0.1 W

missing() {
  echo "kernel-rig: $1" >&2
  if $available; then
    echo "kernel-rig: skipped." >&2
    exit 0
  fi
  exit 126
}

[ "$(uname -m)" = x86_64 ] || missing "needs an x86-64 machine; this one is $(uname -m)."
if ! command -v qemu-system-x86_64 >/dev/null && { $available || ! command -v apt-get >/dev/null; }; then
  missing "needs QEMU, and there is no qemu-system-x86_64. Maybe run 'apt-get install qemu-system-x86'."
fi
java=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
[ -x "$java/bin/jlink" ] || missing "needs a JDK 17 or newer with jlink; $java has none."
jars=("$root"/cli/target/neurobalancer-cli-*.jar)
[ -e "${jars[0]}" ] || missing "needs this checkout's build. Maybe run 'mvn -DskipTests package' first."

cache=${KERNEL_RIG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kernel-rig}
if $available && ! compgen -G "$cache/root/boot/vmlinuz-*" >/dev/null; then
  missing "has no kernel at hand, and fetches none unasked. Maybe run 'kernel-rig/run.sh' once."
fi
mkdir -p "$cache" "$out"
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/guest"
cp "$here"/guest/*.sh "$here"/guest/*.onnx "$tree/guest/"

boot() { # options of boot.sh ... -- command in the guest
  local rc=0 log=$out/boot.log
  KERNEL_RIG_CACHE=$cache "$here/boot.sh" -o "$out" "$@" 2>&1 | tee "$log" >&2 || rc=$?
  [ "$rc" != 126 ] || missing "$(sed -n 's/^kernel-rig: //p' "$log" | tail -1)"
  return "$rc"
}

modules=java.base,java.logging,java.management,java.scripting,java.sql,java.xml,jdk.management,jdk.unsupported

# The program as it is installed, with ONNX Runtime's libraries of this architecture only, and its classes laid out in
# advance so that Java starts faster.
program() {
  local app jar jre
  sum=$(cat "${jars[@]}" "$root"/cli/target/lib/*.jar "$here/boot.sh" | sha256sum | cut -c1-16)
  app=$cache/app-$sum
  jre=$(KERNEL_RIG_CACHE=$cache "$here/boot.sh" -P -j "$java" -M "$modules" -o "$out")
  if [ ! -e "$app/done" ]; then
    rm -rf "$cache"/app-*
    mkdir -p "$app/lib"
    cp -p "${jars[@]}" "$root"/cli/target/lib/*.jar "$app/lib/"
    for jar in "$app"/lib/onnxruntime-*.jar; do
      (mkdir "$app/ort" && cd "$app/ort" && "$java/bin/jar" xf "$jar" &&
        find ai/onnxruntime/native -mindepth 1 -maxdepth 1 ! -name linux-x64 -exec rm -rf {} + &&
        rm "$jar" && "$java/bin/jar" cf0 "$jar" . &&
        ldd ai/onnxruntime/native/linux-x64/*.so | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u >../libraries &&
        cd .. && rm -rf ort)
    done
    # Explored here once, the model needs no second Java process there.
    local home=$app/home path
    path=$(echo "$app"/lib/*.jar | tr ' ' :)
    nb() { HOME=$home XDG_CACHE_HOME=$home/.cache "$jre/bin/java" "${flags[@]}" -cp "$path" io.neurobalancer.cli.Main "$@"; }
    mkdir -p "$home"
    (cd "$home" && flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1) &&
      nb profile --model "$here/guest/small.onnx" --budget 4 --repeats 2 --out s.jsonl && nb fit s.jsonl --out c.json &&
      flags+=(-XX:ArchiveClassesAtExit="$app/nb.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off) &&
      nb plan --model "$here/guest/small.onnx" --from c.json --deadline 50ms --check --out p.json) >"$out/program.log" 2>&1 ||
      missing "could not run this checkout's build, see $out/program.log."
    touch "$app/done"
  fi
  mkdir -p "$tree$app" "$tree/usr/bin" "$tree/root/.cache"
  cp -a "$app/lib" "$app/nb.jsa" "$tree$app/"
  cp -a "$app/home/.cache/." "$tree/root/.cache/"
  while read -r jar; do
    mkdir -p "$tree$(dirname "$jar")"
    cp -L "$jar" "$tree$jar"
  done <"$app/libraries"
  mkdir -p "$tree/guest/classes"
  "$java/bin/javac" -d "$tree/guest/classes" -cp "$app/lib/*" "$here/Commands.java" "$here/Faults.java" ||
    missing "cannot compile its own Java files."
  # Commands.java collects between commands; no command fills so large a young generation.
  cat >"$tree/guest/java.sh" <<SH
JAVA="java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote -Xms160m -Xmn96m -Xmx192m -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off -XX:SharedArchiveFile=$app/nb.jsa"
CLASSPATH=$(echo "$app"/lib/*.jar | tr ' ' :)
SH
}

# Two CPUs and counted instructions do not go together: this one runs in this machine's time.
offline() {
  boot -c 2 -m 1024M -t "$limit" -p 'fast=1 invariant=1' -j "$java" -M "$modules" "$tree" /guest/offline.sh
}

rc=0
case $what in
  check)
    program
    boot -V "${KERNEL_RIG_SHIFT:-4}" -m 1024M -t "$limit" -p "$soc" -j "$java" -M "$modules" "$tree" /guest/check.sh || rc=$?
    ;;
  faults)
    program
    boot -V "${KERNEL_RIG_SHIFT:-4}" -m 1024M -t "$limit" -p "$soc rapl_max_uj=2000000" -j "$java" \
      -M "$modules" "$tree" /guest/faults.sh || rc=$?
    cp "$out/result.log" "$out/faults.log"
    offline || rc=$?
    cat "$out/result.log" >>"$out/faults.log"
    mv "$out/faults.log" "$out/result.log"
    ;;
  offline)
    program
    offline || rc=$?
    ;;
  inference)
    program
    boot -V "${KERNEL_RIG_SHIFT:-4}" -m 1024M -t "$limit" -p "$soc" -j "$java" -M "$modules" "$tree" \
      /guest/inference.sh || rc=$?
    ;;
  equality)
    boot -V "${KERNEL_RIG_SHIFT:-4}" -m 768M -t "$limit" -p 'fast=1 invariant=1 log_entries=4000000' -k 'rcutree.jiffies_till_first_fqs=250 rcutree.jiffies_till_next_fqs=250' "$tree" \
      /guest/record.sh "${1:-600}" "${2:-1}" || rc=$?
    if [ "$rc" = 0 ]; then
      "$java/bin/java" -cp "$root/core/target/classes:$root/baselines/target/classes" "$here/Equality.java" --least 99 \
        "$out"/{schedutil,ondemand,conservative,userspace-*,simple_ondemand}.log >>"$out/result.log" || rc=$?
    fi
    ;;
  *)
    echo "kernel-rig: there is no '$what'. Maybe use check, faults, offline, inference or equality." >&2
    exit 126
    ;;
esac
grep -v '^RIG-' "$out/result.log" >"$out/report.txt" || true
cat "$out/report.txt"
echo "kernel-rig: $what took $((SECONDS - t0)) s, $([ "$rc" = 0 ] && echo 'everything held' || echo "failed ($rc)"); see $out"
exit "$rc"
