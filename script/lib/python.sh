# A Python that is new enough, and the environment with the locked packages. Sourced by script/bootstrap.

venv=.venv
stamp=$venv/installed

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && new_enough "$name"; then
      echo "$name"
      return 0
    fi
  done
  return 1
}

# Sets `python` to the one to make the environment with, and adds to `missing` the packages it takes.
choose_python() {
  if python=$(find_python); then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
      missing+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
    fi
  elif can_install; then
    refresh_lists
    choose_python_of_apt
  else
    give_up "Python 3.11 or newer is needed; python3 here: $(python3 -V 2>/dev/null || echo none)" \
      "install Python 3.11 or newer with its venv module, as python3, python3.11, python3.12 or python3.13 on the PATH" \
      "then run script/bootstrap again"
  fi
}

choose_python_of_apt() {
  local offered
  offered=$(apt-cache policy python3 | sed -n 's/.*Candidate: 3\.\([0-9]*\).*/\1/p')
  if ((${offered:-0} >= 11)); then
    python=python3 missing+=(python3 python3-venv)
  elif [[ -n $(apt-cache show python3.11-venv 2>/dev/null) ]]; then
    python=python3.11 missing+=(python3.11 python3.11-venv)
  else
    give_up "Python 3.11 or newer is needed; this system's python3 is 3.${offered:-?} and it offers no python3.11" \
      "install a newer Python with its venv module, as python3.11, python3.12 or python3.13 on the PATH" \
      "then run script/bootstrap again"
  fi
}

# What an installation depends on. When it differs from the stamp, the locked packages are installed again.
fingerprint() {
  { cat requirements.lock requirements-test.lock pyproject.toml && "$venv/bin/python" -VV; } | sha256sum
}

# The stamp has three lines: runtime or tests, the folder (an environment cannot be moved), the fingerprint.
installed() {
  local kept
  [[ -f $stamp && -x $venv/bin/exchange ]] || return 1
  mapfile -t kept <"$stamp"
  [[ ${kept[0]-} == tests || ${kept[0]-} == "$wanted" ]] &&
    [[ ${kept[1]-} == "$PWD" && ${kept[2]-} == "$(fingerprint)" ]]
}

usable() { new_enough "$venv/bin/python" && { [[ ! -f $stamp ]] || grep -qxF "$PWD" "$stamp"; }; }

make_environment() {
  if ! usable; then
    quietly "making $venv with $("$python" -V)" "$python" -m venv --clear "$venv" ||
      give_up "$python cannot make an environment (above)" "install its venv module and run script/bootstrap again"
  elif ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    quietly "adding pip to $venv" "$venv/bin/python" -m ensurepip ||
      give_up "$venv has no pip and cannot get it (above)" "remove the folder $venv and run script/bootstrap again"
  fi
}

install_locked() {
  local lock=requirements.lock
  local pip=("$venv/bin/python" -m pip --disable-pip-version-check install --no-input --progress-bar off)
  if [[ $wanted == tests ]]; then lock=requirements-test.lock; fi
  rm -f "$stamp"
  quietly "installing the packages of $lock (hashes checked)" "${pip[@]}" --require-hashes -r "$lock" ||
    give_up "pip could not install the locked packages (above)" \
      "it needs a package index that it can reach: 'pip config list' shows which" "then run script/bootstrap again"
  quietly "installing the exchange itself, editable" "${pip[@]}" --no-deps --no-build-isolation -e . ||
    give_up "the exchange itself could not be installed (above)" "see [build-system] in pyproject.toml"
  printf '%s\n' "$wanted" "$PWD" "$(fingerprint)" >"$stamp"
}
