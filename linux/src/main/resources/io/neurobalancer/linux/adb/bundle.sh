#!/usr/bin/env bash
# bundle.sh OUT WORK SOURCES JAR...: makes OUT/guard (the program that gives clocks back on a phone) and OUT/bundle.tar.gz
# (a Java runtime, Debian's C library, these jars and ONNX Runtime's library for arm64, all of it below nb/).
# WORK keeps what is fetched from Debian for the next time: about 120 MB of packages, 350 MB unpacked.
# SOURCES holds guard.c and licences. Debian 12 or newer, the jlink of a JDK 17, and the package gcc-aarch64-linux-gnu are needed.
set -euo pipefail
out=$1 work=$2 sources=$3
shift 3
say() { printf '%s\n' "$*" >&2; }
for tool in apt-get:apt dpkg-deb:dpkg jlink:openjdk-17-jdk-headless jar:openjdk-17-jdk-headless aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu; do
  command -v "${tool%:*}" > /dev/null || { say "${tool%:*} is missing here. Maybe install it: apt-get install ${tool#*:}"; exit 3; }
done
mkdir -p "$out" "$work"/{debs,sys,apt/lists/partial,apt/cache/archives/partial,apt/state}
work=$(cd "$work" && pwd) out=$(cd "$out" && pwd)

# 1. Debian's packages for arm64, through an apt of its own: this machine's is left alone.
if [ ! -f "$work/fetched" ]; then
  say 'fetching Debian 12 packages for arm64 (120 MB) ...'
  # From where this machine has its own packages, unless told otherwise.
  mirror=${NEUROBALANCER_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)}
  [ -n "$mirror" ] || { say 'apt knows no mirror here. Maybe name one with NEUROBALANCER_DEBIAN_MIRROR.'; exit 3; }
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bookworm main\n' "$mirror" > "$work/sources.list"
  apt=(-q -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State="$work/apt/state" -o Dir::State::lists="$work/apt/lists"
    -o Dir::Cache="$work/apt/cache" -o Dir::State::status=/dev/null -o Dir::Etc::sourceparts=/nonexistent
    -o Dir::Etc::sourcelist="$work/sources.list" -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update > "$work/apt.log"
  (cd "$work/debs" && apt-get "${apt[@]}" download musl-dev:arm64 openjdk-17-jdk-headless:arm64 openjdk-17-jre-headless:arm64 \
    libc6:arm64 libgcc-s1:arm64 libstdc++6:arm64 gcc-12-base:arm64 zlib1g:arm64 >> "$work/apt.log")
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/sys"; done
  touch "$work/fetched"
fi

# 2. The guard: static, with musl (MIT), so that it needs nothing of the phone.
include=$work/sys/usr/include/aarch64-linux-musl lib=$work/sys/usr/lib/aarch64-linux-musl
aarch64-linux-gnu-gcc -O2 -s -static -nostdinc -nostdlib -Wall -Wextra -Werror -isystem "$include" -o "$out/guard" \
  "$lib/crt1.o" "$lib/crti.o" "$sources/guard.c" "$lib/libc.a" "$(aarch64-linux-gnu-gcc -print-libgcc-file-name)" "$lib/crtn.o"
say "guard: $(stat -c %s "$out/guard") bytes"

# 3. The bundle.
root=$work/root/nb
rm -rf "$work/root"
mkdir -p "$root"/{app,bin,etc,lib,proc,sys,dev,tmp,run,files,root,licences}
jlink --module-path "$work/sys/usr/lib/jvm/java-17-openjdk-arm64/jmods" --output "$root/jre" \
  --add-modules java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.management,jdk.unsupported \
  --strip-java-debug-attributes --no-header-files --no-man-pages --compress=2
for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libz.so.1 libgcc_s.so.1 libstdc++.so.6 ld-linux-aarch64.so.1; do
  cp -L "$(find "$work/sys" -name "$name" | head -n 1)" "$root/lib/"
done
for jar in "$@"; do
  case ${jar##*/} in
    onnxruntime-*.jar)
      rm -rf "$work/ort" && mkdir "$work/ort"
      (cd "$work/ort" && jar xf "$jar" && find ai/onnxruntime/native -mindepth 1 -maxdepth 1 ! -name linux-aarch64 -exec rm -rf {} + \
        && jar -c -f "$root/app/${jar##*/}" .)
      cp "$work/ort/ThirdPartyNotices.txt" "$root/licences/onnxruntime-notices" ;;
    *) cp "$jar" "$root/app/" ;;
  esac
done
cp "$out/guard" "$root/bin/guard"
cp "$sources/licences.txt" "$root/licences/libraries"
cp "$sources/LICENSE" "$root/licences/Apache-2.0"
printf 'root:x:0:0::/root:/bin/sh\n' > "$root/etc/passwd"
cat > "$root/neurobalancer" << 'RUN'
#!/bin/sh
# Runs NeuroBalancer on an arm64 board with a C library of its own; phones are driven by 'neurobalancer run --device adb'.
here=$(cd "$(dirname "$0")" && pwd)
export ORT_DISABLE_TELEMETRY=1
exec "$here/jre/bin/java" -cp "$here/app/*" io.neurobalancer.cli.Main "$@"
RUN
chmod +x "$root/neurobalancer"
for package in musl-dev openjdk-17-jre-headless libc6 libgcc-s1 libstdc++6 gcc-12-base zlib1g; do
  file=$work/sys/usr/share/doc/$package/copyright
  if [ -f "$file" ]; then cp -L "$file" "$root/licences/$package"; fi
done
{
  echo 'What is in this bundle, and where its licence is:'
  echo '  jre/       OpenJDK 17 of Debian (GPL-2 with the Classpath exception): licences/openjdk-17-jre-headless, jre/legal'
  echo '  lib/       GNU C library (LGPL-2.1), GCC runtime (GPL-3 with the runtime exception), zlib: licences/'
  echo '             Their sources: https://sources.debian.org, by the versions in licences/versions'
  echo '  app/onnxruntime-*.jar: licences/libraries, and what it is made of: licences/onnxruntime-notices'
  echo '  bin/guard  NeuroBalancer (Apache-2.0), linked with musl (MIT): licences/musl-dev'
  echo '  app/       NeuroBalancer (licences/Apache-2.0) and the jars it uses; each carries its licence in its META-INF, or it is in licences/libraries:'
  for jar in "$@"; do echo "             ${jar##*/}"; done
} > "$root/licences/README"
(cd "$work/debs" && for deb in *.deb; do echo "$deb"; done) > "$root/licences/versions"
tar -C "$work/root" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - nb | gzip -6n > "$out/bundle.tar.gz.new"
mv "$out/bundle.tar.gz.new" "$out/bundle.tar.gz"
size=$(stat -c %s "$out/bundle.tar.gz")
say "bundle: $size bytes"
[ "$size" -le 60000000 ] || { say 'The bundle is larger than 60 MB.'; exit 4; }
