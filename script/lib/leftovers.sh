# A scratch folder for tests, and a look at what they left there. Sourced by script/test and script/drill.

leftovers_allowed=1024 # KB: folders may stay, what they held may not
scratch=$(mktemp -d -t yizhan-run.XXXXXX)
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
