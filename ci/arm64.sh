#!/usr/bin/env bash
# Goes from a table of measurements, and from a model on a simulated device, to a comparison on this x86-64 machine and
# once more under an arm64 Java, and shows that both print and write the same bytes. It needs root to install Debian's
# qemu-user-static, fetches an arm64 Java into FOLDER (about 250 MB), and takes some ten minutes, most of them in emulation.
#
#   ci/arm64.sh [FOLDER]     default: a folder under the temporary directory, kept for the next time
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-${TMPDIR:-/tmp}/neurobalancer-arm64}
mkdir -p "$work"

if ! command -v qemu-aarch64-static > /dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends qemu-user-static > /dev/null
fi

if [ ! -x "$work/sys/usr/lib/jvm/java-17-openjdk-arm64/bin/java" ]; then
  dpkg --add-architecture arm64
  apt-get update -qq
  mkdir -p "$work/debs" "$work/sys"
  (
    cd "$work/debs"
    for package in openjdk-17-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g libjpeg62-turbo liblcms2-2 libfontconfig1 \
      libfreetype6 libharfbuzz0b; do
      apt-get download -qq "$package:arm64" || [ "$package" != openjdk-17-jre-headless ]
    done
    for deb in *.deb; do dpkg -x "$deb" "$work/sys"; done
  )
  dpkg --remove-architecture arm64 || true
  # The package's configuration is linked to below /etc of the machine it is installed on.
  for link in $(find "$work/sys/usr/lib/jvm" -type l -lname '/etc/*'); do
    ln -sfn "$work/sys$(readlink "$link")" "$link"
  done
fi

"$root/neurobalancer" --version > /dev/null   # builds
class_path=$(printf '%s:' "$root"/cli/target/neurobalancer-cli-*.jar)$root/cli/target/lib/*

# A model is read in a process of its own, which user-mode emulation cannot start: what the first machine has read of it is
# in its cache, and the second takes it from there.
export XDG_CACHE_HOME=$work/cache

# A table of measurements.
table() {
  echo operator,core:cpu_megahertz,memory:ddr_megahertz,latency_milliseconds,energy_millijoules
  awk 'BEGIN {
    split("conv gemm relu", names); split("6000 1500 200", a); split("2000 5000 1500", b)
    for (i = 1; i <= 3; i++) for (fc = 600; fc <= 1800; fc += 400) for (fm = 800; fm <= 1600; fm += 400) {
      t = ((a[i] / fc) ^ 3 + (b[i] / fm) ^ 3) ^ (1 / 3) + 0.05
      printf "%s,%d,%d,%.6f,%.6f\n", names[i], fc, fm, t, t * (0.3 + (fc / 1000) ^ 2.5 * 0.6 + fm / 4000)
    }
  }'
}

run() { # NAME JAVA...: the whole way from measurements to a comparison
  local name=$1
  shift
  rm -rf "$work/$name"
  mkdir -p "$work/$name"
  table > "$work/$name/t.csv"
  (
    cd "$work/$name"
    for command in "profile --device replay:t.csv --budget 8" fit "compare --device replay:t.csv" \
      "compare --jobs 50 --out sim"; do
      # shellcheck disable=SC2086
      "${java[@]}" -cp "$class_path" io.neurobalancer.cli.Main $command >> stdout
    done
  )
}

echo "x86-64 ..."
java=(java)
run x86
echo "arm64 (emulated) ..."
java=(qemu-aarch64-static -L "$work/sys" "$work/sys/usr/lib/jvm/java-17-openjdk-arm64/bin/java"
  -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dos.arch=amd64)
run arm64

if diff -r "$work/x86" "$work/arm64"; then
  echo "The same bytes: $(cd "$work/x86" && find . -type f | sort | tr '\n' ' ')"
else
  echo "arm64 and x86-64 differ." >&2
  exit 1
fi
