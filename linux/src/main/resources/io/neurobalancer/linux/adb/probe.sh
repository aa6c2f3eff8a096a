# Reads a phone's files for AdbSysfs; written for the shell of Android (mksh) and any POSIX shell. A reading makes no
# process, so that some hundred files take some tens of milliseconds. Every line that is printed begins with what it is:
#
#   D path        a directory without links: what follows up to the next D lies in it
#   L path real   the path leads to that directory
#   N name        something in the directory
#   F mode path   a file: - r w rw; its text follows if it was to be read
#   =text         a line of the file's text
#   M path        it is not there
#   other         what the shell said when it could not read the file
R=''
if [ -n "$KSH_VERSION" ]; then nb_say() { print -r -- "$1"; }; else nb_say() { printf '%s\n' "$1"; }; fi

nb_mode() { # PATH READ: a file, with its text if READ is not empty
  if [ ! -e "$R$1" ]; then nb_say "M $1"; return 0; fi
  if [ -d "$R$1" ]; then nb_dir "$1" ''; return 0; fi
  nb_m=
  [ -r "$R$1" ] && nb_m=r
  [ -w "$R$1" ] && nb_m=${nb_m}w
  nb_say "F ${nb_m:--} $1"
  case $2$nb_m in
    ?*r*) { while IFS= read -r nb_l || [ -n "$nb_l" ]; do nb_say "=$nb_l"; done < "$R$1"; } 2>&1 ;;
  esac
  return 0
}

nb_file() { # PATH: as nb_mode; where nothing came, cat tells an empty file from a failure
  nb_t=$(nb_mode "$1" read)
  nb_say "$nb_t"
  case $nb_t in
    "F r"*"
"*) ;;
    "F r"*) cat "$R$1" 2>&1 > /dev/null ;;
  esac
  return 0
}

nb_dir() { # PATH NAMES: a directory; the files of these names are read, all of them if it is '*'
  cd -P "$R$1" 2> /dev/null || { nb_say "M $1"; return 0; }
  nb_d=${PWD#"$R"}
  nb_say "D $nb_d"
  [ "$nb_d" = "$1" ] || nb_say "L $1 $nb_d"
  for nb_e in * .[!.]*; do
    if [ -d "$nb_e" ] || [ -L "$nb_e" ]; then
      nb_say "N $nb_e"
    elif [ -e "$nb_e" ]; then
      case " $2 " in
        *" $nb_e "* | ' * ') nb_mode "$nb_d/$nb_e" read ;;
        *) nb_mode "$nb_d/$nb_e" '' ;;
      esac
    fi
  done
  return 0
}

nb_stat() { # PATH
  nb_mode "$1" ''
}

nb_real() { # PATH
  nb_r=$(readlink -f "$R$1")
  if [ -e "$R$1" ] && [ -n "$nb_r" ]; then nb_say "=${nb_r#"$R"}"; else nb_say "M $1"; fi
}

nb_below() { # PATH NAMES: every directory in a directory, links followed
  for nb_s in "$R$1"/*; do
    if [ -d "$nb_s" ]; then nb_dir "${nb_s#"$R"}" "$2"; fi
  done
  return 0
}

nb_names() { # PATH...: what is in directories; nothing is read
  for nb_p in "$@"; do nb_dir "$nb_p" ''; done
}

nb_proc() { # what runs: names, and command lines where a name says too little
  nb_say 'D /proc'
  for nb_s in "$R"/proc/[0-9]*; do
    [ -d "$nb_s" ] || continue
    nb_k=
    { IFS= read -r nb_k < "$nb_s/comm"; } 2> /dev/null
    nb_p=${nb_s#"$R"}
    nb_say "N ${nb_p#/proc/}"
    nb_say "F r $nb_p/comm"
    nb_say "=$nb_k"
    case $nb_k in
      android.hard* | vendor.*) nb_mode "$nb_p/cmdline" read ;;
    esac
  done
}

nb_dump() { # all that Discovery looks at
  nb_cpu=/sys/devices/system/cpu
  nb_names /sys /sys/class /sys/bus /sys/kernel /sys/kernel/debug /sys/bus/iio /sys/bus/i2c /sys/bus/i2c/drivers \
    /sys/devices /sys/devices/platform /sys/devices/platform/soc $nb_cpu /sys/class/kgsl /sys/class/devfreq \
    /sys/class/powercap /sys/class/hwmon /sys/class/drm /sys/bus/iio/devices /sys/class/power_supply /sys/class/thermal
  for nb_f in /proc/device-tree/model /sys/firmware/devicetree/base/model /sys/class/dmi/id/product_name \
    /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id /proc/uptime; do nb_mode $nb_f read; done
  nb_dir $nb_cpu/cpufreq '*'
  nb_below $nb_cpu/cpufreq '*'
  nb_dir $nb_cpu/intel_pstate '*'
  for nb_g in "$R$nb_cpu"/cpufreq/policy*; do
    [ -d "$nb_g" ] || continue
    nb_g=${nb_g#"$R"}
    { IFS= read -r nb_k < "$R$nb_g/scaling_governor"; } 2> /dev/null
    [ -d "$R$nb_g/$nb_k" ] && nb_dir "$nb_g/$nb_k" '*'
  done
  nb_q='available_frequencies available_governors governor min_freq max_freq cur_freq target_freq polling_interval timer'
  nb_q="$nb_q scaling_devfreq_min scaling_devfreq_max"
  for nb_g in "$R"/sys/class/devfreq/* "$R"/sys/class/kgsl/*/devfreq; do
    [ -d "$nb_g" ] || continue
    nb_g=${nb_g#"$R"}
    nb_dir "$nb_g" "$nb_q"
    { IFS= read -r nb_k < "$R$nb_g/governor"; } 2> /dev/null
    for nb_k in "$nb_k" userspace; do [ -d "$R$nb_g/$nb_k" ] && nb_dir "$nb_g/$nb_k" '*'; done
  done
  nb_dir $nb_cpu/bus_dcvs ''
  nb_below $nb_cpu/bus_dcvs '*'
  nb_dir $nb_cpu/intel_uncore_frequency ''
  nb_below $nb_cpu/intel_uncore_frequency '*'
  for nb_g in /sys/kernel/helio-dvfsrc "$R"/sys/devices/platform/*.dvfsrc/* "$R"/sys/devices/platform/soc/*.dvfsrc/*; do
    nb_g=${nb_g#"$R"}
    case $nb_g in */\**) continue ;; esac
    nb_dir "$nb_g" 'dvfsrc_opp_table dvfsrc_force_vcore_dvfs_opp'
  done
  for nb_g in "$R"/sys/devices/platform/*.dvfsrc "$R"/sys/devices/platform/soc/*.dvfsrc; do
    [ -d "$nb_g" ] && nb_dir "${nb_g#"$R"}" ''
  done
  nb_below /sys/class/powercap 'name energy_uj max_energy_range_uj'
  nb_below /sys/class/hwmon '*'
  nb_below /sys/bus/iio/devices 'name sampling_rate enabled_rails energy_value'
  nb_below /sys/class/power_supply 'type scope status power_now current_now voltage_now charge_counter'
  nb_below /sys/class/thermal 'type temp'
  nb_proc
  cd /
}
