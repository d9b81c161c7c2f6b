# System packages by apt, without the services they would start. Sourced by scripts, after progress.sh.

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

can_install() { command -v apt-get >/dev/null && { ((EUID == 0)) || command -v sudo >/dev/null; }; }

refreshed=
refresh_lists() {
  if [[ -n $refreshed ]]; then return 0; fi
  if ((EUID != 0)); then
    say "system packages are missing; sudo may ask for your password"
    # With NOPASSWD for some of a user's rules `sudo -v` still asks; what is wanted is whether a command is let through.
    sudo -n true 2>/dev/null || sudo -v || give_up "sudo refused" "run script/$me as root, or have these installed: ${missing[*]-}"
  fi
  quietly "reading apt's package lists" as_root apt-get update -q ||
    give_up "apt could not read its package lists (above)" "repair that and run script/$me again"
  refreshed=yes
}

# A package may bring a service; under this policy the installation starts none. What stood there comes back.
policy=/usr/sbin/policy-rc.d
forbid_services() {
  printf '#!/bin/sh\n# of script/$me, while it installs\nexit 101\n' >"$work/policy"
  if [[ -e $policy ]] && ! cmp -s "$work/policy" "$policy"; then as_root mv "$policy" "$policy.before-bootstrap"; fi
  undo+=(allow_services)
  as_root install -m 755 "$work/policy" "$policy"
}

allow_services() {
  if [[ -e $policy.before-bootstrap ]]; then
    as_root mv "$policy.before-bootstrap" "$policy"
  else
    as_root rm -f "$policy"
  fi
}

# PostgreSQL's packages make a cluster, which takes a port at the next boot, unless this setting is there meanwhile.
no_cluster=/etc/postgresql-common/createcluster.d/bootstrap.conf
forbid_clusters() {
  printf 'create_main_cluster = false\n' >"$work/no-cluster"
  undo+=(allow_clusters)
  as_root install -D -m 644 "$work/no-cluster" "$no_cluster"
}

allow_clusters() { as_root rm -f "$no_cluster"; }

# The next boot must not start what was not started now.
forbid_at_boot() { # package...
  local service
  command -v systemctl >/dev/null || return 0
  for service in rabbitmq-server prometheus; do
    if [[ " $* " == *" $service "* ]]; then as_root systemctl disable "$service" >>"$log" 2>&1 || true; fi
  done
}

install_packages() { # package...
  can_install || give_up "missing: $*; this machine has no apt, or you are neither root nor have sudo" \
    "install by hand what these Debian packages hold: $*" \
    "then run script/$me again; a service they start is not needed and may be stopped"
  refresh_lists
  forbid_services
  if [[ " $* " == *" postgresql "* ]]; then forbid_clusters; fi
  quietly "installing by apt: $*" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
    --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" ||
    give_up "apt could not install: $* (above)" "install them by hand and run script/$me again"
  forbid_at_boot "$@"
  undo_all
}
