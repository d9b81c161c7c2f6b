# Saying what goes on, running long commands in view, and leaving in order. Sourced by scripts, which set `me` before.

work=$(mktemp -d)
log=$work/log
: >"$log"
undo=() child=

say() { printf '%s: %s\n' "$me" "$*"; }

give_up() { # what is wrong, then one line a thing to do about it
  printf '%s: %s\n' "$me" "$1" >&2
  shift
  (($# == 0)) || printf '  → %s\n' "$@" >&2
  exit 1
}

# Runs a command with its output in a log; says the log's last line every few seconds, and its whole end on failure.
quietly() { # title, command...
  local title=$1 started=$SECONDS said=$SECONDS status=0 line
  shift
  say "$title ..."
  "$@" >>"$log" 2>&1 9>&- &
  child=$!
  while [[ -e /proc/$child ]]; do
    sleep 0.2
    if ((SECONDS - said >= 5)); then
      said=$SECONDS
      line=$(tail -n 1 "$log")
      say "  $((SECONDS - started)) s${line:+: ${line:0:100}}"
    fi
  done
  wait "$child" || status=$?
  child=
  if ((status == 0)); then
    say "$title: done in $((SECONDS - started)) s"
  else
    tail -n 25 "$log" >&2
  fi
  return "$status"
}

# What still runs in the background when this ends early. apt is not broken off in the middle: it is waited for.
stop_child() {
  if [[ -z $child ]]; then return 0; fi
  if ((${#undo[@]})); then say "waiting for apt to come to an end"; else kill "$child" 2>/dev/null || true; fi
  wait "$child" || true
}

# Takes back what holds only while packages are installed.
undo_all() {
  local step
  for step in ${undo[@]+"${undo[@]}"}; do "$step"; done
  undo=()
}

leave() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_child
  undo_all
  rm -rf "$work"
  exit "$status"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP
