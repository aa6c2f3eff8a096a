#!/usr/bin/env bash
# Runs 'compare' on this x86-64 machine and once more under an arm64 Java, and shows that both print and write the same
# bytes. It needs root to install Debian's qemu-user-static, fetches an arm64 Java into FOLDER (about 250 MB), and takes
# some five minutes, most of them in emulation.
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

"$root/neurobalancer" models > /dev/null   # builds, and fills the model cache
class_path=$(printf '%s:' "$root"/cli/target/neurobalancer-cli-*.jar)$root/cli/target/lib/*
arguments=(compare --jobs "${JOBS:-100}")

run() { # NAME COMMAND...
  local name=$1
  shift
  rm -rf "$work/$name"
  mkdir -p "$work/$name"
  (cd "$work/$name" && "$@" -cp "$class_path" io.neurobalancer.cli.Main "${arguments[@]}" > stdout)
}

echo "x86-64 ..."
run x86 java
echo "arm64 (emulated) ..."
ORT_DISABLE_TELEMETRY=1 run arm64 qemu-aarch64-static -L "$work/sys" \
  "$work/sys/usr/lib/jvm/java-17-openjdk-arm64/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC

if diff -r "$work/x86" "$work/arm64"; then
  echo "The same bytes: $(cd "$work/x86" && find . -type f | sort | tr '\n' ' ')"
else
  echo "arm64 and x86-64 differ." >&2
  exit 1
fi
