# A scratch folder for tests, and a look at what they left there. Sourced by script/test and script/drill.

leftovers_allowed=1024 # KB: folders may stay, what they held may not

# Hundreds of databases and brokers wait for the disk at each commit. What the tests kill are processes and not the
# power, so that memory does as well, where there is enough of it and programs in it may be run.
in_memory=/dev/shm
enough=$((8 * 1024 * 1024)) # KB
in_memory_is_roomy() {
  local probe free
  [[ -z ${TMPDIR-} && -d $in_memory && -w $in_memory ]] || return 1
  [[ $(stat -f -c %T "$in_memory") == tmpfs ]] || return 1
  free=$(df -Pk "$in_memory" | awk 'NR == 2 { print $4 }')
  ((free >= enough && $(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo) >= enough)) || return 1
  probe=$(mktemp "$in_memory/yizhan-probe.XXXXXX")
  printf '#!/bin/sh\n' >"$probe" && chmod 700 "$probe"
  if ! "$probe" 2>/dev/null; then rm -f "$probe" && return 1; fi
  rm -f "$probe"
}

if in_memory_is_roomy; then
  scratch=$(mktemp -d "$in_memory/yizhan-run.XXXXXX")
else
  scratch=$(mktemp -d -t yizhan-run.XXXXXX)
fi
chmod 711 "$scratch" # PostgreSQL's server, which runs as another user for root, has its folder in it
export TMPDIR=$scratch
trap 'rm -rf "$scratch"; exit 130' INT TERM

# What passed leaves nothing; what failed leaves its folders to be looked at.
leaves_nothing() { # verdict of the tests
  local left
  left=$(du -sk "$scratch" | cut -f 1)
  if [[ $1 != 0 ]]; then
    echo "the folders of what failed: $scratch ($((left / 1024)) MB; remove them when you have seen enough)"
  elif ((left > leftovers_allowed)); then
    echo "left behind in the temporary folder, $left KB:" >&2
    du -ak "$scratch" | sort -rn | head -n 20 >&2
    rm -rf "$scratch"
    return 1
  else
    rm -rf "$scratch"
  fi
}
