#!/usr/bin/env bash
# Boots a real Linux kernel in QEMU (software emulation) with an imaginary SoC (module/fakesoc.c) and runs COMMAND inside it.
#
#   boot.sh [-m MEM] [-c CPUS] [-t SECONDS] [-p 'module params'] [-k 'kernel arguments'] [-j JAVA_HOME] [-M java.modules]
#           [-V SHIFT] [-o OUTDIR] TREE COMMAND [ARG...]
#   boot.sh -P -j JAVA_HOME [-M java.modules]      only prepares the Java runtime and prints where it is
#
# TREE is copied to the guest's root; COMMAND is an absolute path in the guest (/jre/bin/java is there when -j is given).
# -V runs in virtual time: an instruction takes 2^SHIFT ns, whatever this host is busy with.
# Ends with the command's status, or 124 (timeout), 125 (kernel panic, no result), 126 (could not prepare).
# OUTDIR gets result.log (the command's output), console.log (the kernel's) and what the guest left in its /out.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mem=768M cpus=1 limit=300 params='' arguments='' jhome='' jmods=java.base shift='' out=$PWD/kernel-rig-out only_java=false
while getopts m:c:t:p:k:j:M:V:o:P o; do
  case $o in
    m) mem=$OPTARG ;; c) cpus=$OPTARG ;; t) limit=$OPTARG ;; p) params=$OPTARG ;; k) arguments=$OPTARG ;;
    j) jhome=$OPTARG ;; M) jmods=$OPTARG ;; V) shift=$OPTARG ;; o) out=$OPTARG ;;
    P) only_java=true ;; *) exit 126 ;;
  esac
done
shift $((OPTIND - 1))
$only_java || [ $# -ge 2 ] || { echo "usage: boot.sh [options] TREE COMMAND [ARG...]" >&2; exit 126; }
tree=$(cd "${1:-/}" && pwd)
shift || true
cache=${KERNEL_RIG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kernel-rig}
mkdir -p "$cache" "$out"
out=$(cd "$out" && pwd)
t0=$EPOCHREALTIME
step() { printf '[rig %6.1f s] %s\n' "$(echo "$EPOCHREALTIME $t0" | awk '{print $1-$2}')" "$*" >&2; }
die() { echo "kernel-rig: $*" >&2; exit 126; }

# 1. Programs. Only these are really installed; the kernel packages are unpacked into the cache, so that no maintainer
#    script touches this machine's boot files.
need=()
command -v qemu-system-x86_64 >/dev/null || need+=(qemu-system-x86)
command -v gcc-12 >/dev/null || need+=(gcc-12)
command -v make >/dev/null || need+=(make)
command -v xz >/dev/null || need+=(xz-utils)
[ -e /usr/lib/x86_64-linux-gnu/libc.a ] || need+=(libc6-dev)
[ -e /usr/lib/x86_64-linux-gnu/libelf.so.1 ] || need+=(libelf1)
if [ ${#need[@]} -gt 0 ] || [ ! -e "$cache/kver" ]; then
  command -v apt-get >/dev/null || die "needs ${need[*]:-Debian kernel packages}, and this machine has no apt-get to install them with."
  [ "$(id -u)" = 0 ] || [ ${#need[@]} -eq 0 ] || die "needs ${need[*]}. Maybe install them as root: apt-get install ${need[*]}"
  apt-get update -qq || die "apt-get update failed; the Debian packages of a kernel are needed once."
fi
if [ ${#need[@]} -gt 0 ]; then
  step "installing ${need[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >"$out/apt.log" 2>&1 ||
    die "apt-get install ${need[*]} failed, see $out/apt.log"
fi

# 2. Kernel image, headers, busybox; the devfreq governors that Debian leaves out.
if [ ! -e "$cache/kver" ]; then
  img=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-/ {print $2; exit}')
  [ -n "$img" ] || die "apt knows no linux-image-amd64."
  kver=${img#linux-image-}
  series=$(echo "$kver" | cut -d. -f1,2)
  comp=$(apt-cache depends "linux-headers-$kver" | awk '/linux-compiler-gcc/ {print $2; exit}')
  step "kernel $kver"
  rm -rf "$cache/root" "$cache/debs"
  mkdir -p "$cache/root" "$cache/debs"
  (cd "$cache/debs" && apt-get download -qq "$img" "linux-headers-$kver" "linux-headers-${kver%-amd64}-common" \
    "linux-kbuild-$series" ${comp:+"$comp"} busybox-static "linux-source-$series" 2>/dev/null) ||
    die "apt-get download of the packages of kernel $kver failed."
  step "unpacking"
  for d in "$cache"/debs/*.deb; do
    case $d in
      */linux-source*) ;;
      */linux-image*) # 390 MB of modules, of which a dozen are wanted
        dpkg-deb --fsys-tarfile "$d" | tar x -C "$cache/root" --wildcards './boot/vmlinuz-*' \
          './lib/modules/*/modules.builtin' './lib/modules/*/modules.order' './lib/modules/*/cpufreq_*.ko' \
          './lib/modules/*/kernel/drivers/devfreq/governor_*.ko' ;;
      *) dpkg-deb -x "$d" "$cache/root" ;;
    esac
  done
  h=$cache/root/usr/src
  sed -i "s#/usr/src/#$h/#" "$h/linux-headers-$kver/Makefile"
  # --occurrence ends tar at the last file wanted, a third of the way through
  src=linux-source-$series/drivers/devfreq
  { dpkg-deb --fsys-tarfile "$cache"/debs/linux-source-*.deb 2>/dev/null |
      tar xO --occurrence=1 "./usr/src/linux-source-$series.tar.xz" 2>/dev/null | xz -T0 -dcq 2>/dev/null |
      tar x -C "$cache" --strip-components=2 --occurrence=1 "$src/governor.h" \
        "$src"/governor_{userspace,performance,powersave}.c; } || true
  [ -e "$cache/devfreq/governor_userspace.c" ] || die "linux-source-$series holds no devfreq governors."
  # The bare ELF kernel boots in 4 s; unpacking bzImage under emulation takes 6 s more.
  off=$(LC_ALL=C grep -aobP '\xFD7zXZ\x00' "$cache/root/boot/vmlinuz-$kver" | LC_ALL=C tr -cd '0-9:\n' |
    LC_ALL=C sed -n '1s/:.*//p')
  tail -c +$((off + 1)) "$cache/root/boot/vmlinuz-$kver" | xz -dcq >"$cache/vmlinux" 2>/dev/null || true
  [ "$(head -c4 "$cache/vmlinux" | tail -c3)" = ELF ] || cp "$cache/root/boot/vmlinuz-$kver" "$cache/vmlinux"
  rm -rf "$cache/debs"
  echo "$kver" >"$cache/kver"
fi
kver=$(cat "$cache/kver")
bb=$cache/root/bin/busybox
[ -x "$bb" ] || bb=$cache/root/usr/bin/busybox

# 3. The module and the C helpers, when they are newer than what the cache has.
sum=$(cat "$here"/module/* "$here"/guest/*.c | sha256sum | cut -c1-16)
built=$cache/mod-$sum
if [ ! -e "$built/done" ]; then
  step "building the module"
  rm -rf "$cache"/mod-*
  mkdir -p "$built"
  cp "$here"/module/* "$cache"/devfreq/governor.h "$cache"/devfreq/governor_{userspace,performance,powersave}.c "$built/"
  make -s -C "$cache/root/usr/src/linux-headers-$kver" M="$built" modules >"$out/module.log" 2>&1 ||
    { cat "$out/module.log" >&2; rm -rf "$built"; die "the module does not build."; }
  strip --strip-debug "$built"/*.ko
  for c in "$here"/guest/*.c; do
    gcc-12 -O2 -static -o "$built/$(basename "$c" .c)" "$c" || die "$c does not build."
  done
  touch "$built/done"
fi

# 4. A Java runtime of only the modules needed.
jre=
if [ -n "$jhome" ]; then
  jre=$cache/jre-$(echo "$(readlink -f "$jhome") $jmods $("$jhome/bin/java" -version 2>&1)" | sha256sum | cut -c1-16)
  if [ ! -e "$jre/done" ]; then
    step "jlink $jmods"
    rm -rf "$jre" "$cache/jre.tmp"
    "$jhome/bin/jlink" --add-modules "$jmods" --strip-debug --no-header-files --no-man-pages \
      --output "$cache/jre.tmp" >&2 || die "jlink failed."
    "$cache/jre.tmp/bin/java" -Xshare:dump -XX:+UseSerialGC >/dev/null 2>&1 || true
    touch "$cache/jre.tmp/done"
    mv "$cache/jre.tmp" "$jre"
  fi
fi

if $only_java; then
  echo "$jre"
  exit 0
fi

# 5. The initramfs: busybox, modules, the Java runtime with its libraries, TREE.
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
mkdir -p "$t"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,run,tmp,etc,root,out,lib64,lib/x86_64-linux-gnu}
chmod 1777 "$t/tmp"
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n' >"$t/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$t/etc/group"
cp "$bb" "$t/bin/busybox"
ln -s ../bin/busybox "$t/sbin/modprobe" # what the kernel calls for a missing governor
m=$t/lib/modules/$kver
mkdir -p "$m/kernel" "$m/extra"
(cd "$cache/root/lib/modules/$kver/kernel" && cp drivers/cpufreq/cpufreq_*.ko drivers/devfreq/governor_*.ko "$m/kernel/")
cp "$built"/*.ko "$m/extra/"
for c in "$here"/guest/*.c; do cp "$built/$(basename "$c" .c)" "$t/bin/"; done
cp "$cache/root/lib/modules/$kver"/modules.{builtin,order} "$m/"
"$bb" depmod -b "$t" "$kver"
if [ -n "$jre" ]; then
  mkdir -p "$t$(dirname "$jre")"
  cp -a "$jre" "$t$jre" # where it is here, too, so that what was laid out in advance fits
  ln -s "$jre" "$t/jre"
fi
cp -a "$tree/." "$t/"
find "$t" \( -name '*.so' -o -path '*/bin/java' \) -print0 | xargs -0 -r ldd 2>/dev/null |
  awk '$2 == "=>" && $3 ~ /^\// && $3 !~ /\/jre-/ {print $3} $1 ~ /^\/lib64\// {print $1}' | sort -u |
  while read -r l; do mkdir -p "$t$(dirname "$l")"; cp -L "$l" "$t$l"; done
cp "$here/init" "$t/init"
chmod 755 "$t/init"
printf '%q ' "$@" >"$t/rig-command"
(cd "$t" && find . | LC_ALL=C sort | "$bb" cpio -o -H newc 2>/dev/null) >"$out/initramfs.cpio"
step "initramfs $(($(stat -c %s "$out/initramfs.cpio") >> 20)) MiB, booting $kver"

# 6. Boot.
rm -f "$out/console.log" "$out/result.log" "$out/files.tar"
machine=(-accel "tcg,thread=multi" -smp "$cpus")
arguments="no_timer_check $arguments" # on a busy host the kernel's check of its timer panics
if [ -n "$shift" ]; then
  machine=(-accel "tcg,thread=single" -icount "shift=$shift,sleep=off,align=off" -smp "$cpus"
    -rtc "base=2026-01-01T00:00:00,clock=vm")
  arguments="lpj=4000000 tsc=reliable tsc=noirqtime norandmaps nokaslr random.trust_cpu=off $arguments"
fi
rc=0
timeout -k 5 "$limit" qemu-system-x86_64 "${machine[@]}" -cpu "${KERNEL_RIG_CPU:-Nehalem}" -machine q35 -m "$mem" \
  -nodefaults -no-user-config -display none -no-reboot -nic none -kernel "$cache/vmlinux" -initrd "$out/initramfs.cpio" \
  -append "console=ttyS0 panic=-1 loglevel=5 mitigations=off $arguments fakesoc=${params// /,}" \
  -serial "file:$out/console.log" -serial "file:$out/result.log" \
  -chardev "file,id=files,path=$out/files.tar" -device isa-debugcon,iobase=0x5e9,chardev=files \
  -device isa-debug-exit,iobase=0x501,iosize=1 </dev/null >"$out/qemu.log" 2>&1 || rc=$?
rm -f "$out/initramfs.cpio"
status=$(sed -n 's/^RIG-EXIT \([0-9]*\).*/\1/p' "$out/result.log" 2>/dev/null | tail -1)
[ -s "$out/files.tar" ] && tar xzf "$out/files.tar" -C "$out" && rm -f "$out/files.tar"
step "guest ended (qemu $rc, status ${status:-none})"
[ -n "$status" ] && exit "$status"
for log in "$out/console.log" "$out/qemu.log"; do tail -n 20 "$log" >&2 || true; done
[ "$rc" = 124 ] && exit 124
exit 125
