# What a machine needs to reach the world from where this one stands: names, apt's sources and ways, pip's index and
# certificates. All of it is read off this machine, as files; the environment inside stays empty. Sourced by script/fresh.

hand_over() { # suite, folder
  local suite=$1 root=$2
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  hostname >"$root/etc/hostname"
  hand_over_certificates "$root"
  hand_over_apt "$suite" "$root"
  hand_over_pip "$root"
}

hand_over_certificates() { # folder
  local bundle=/etc/ssl/certs/ca-certificates.crt own=/usr/local/share/ca-certificates
  if [[ -e $bundle ]]; then install -D -m 644 "$bundle" "$1$bundle"; fi
  if [[ -d $own ]]; then mkdir -p "$1$own" && cp -a "$own/." "$1$own/"; fi
}

hand_over_apt() { # suite, folder
  local suite=$1 root=$2 file mirror security
  mirror=$(sed -n 's/^deb \(http[^ ]*\) .*/\1/p' "$root/etc/apt/sources.list" | head -n 1) # as debootstrap had it
  security=$(mirror_of Debian-Security)
  {
    printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-updates"
    if [[ -n $security ]]; then echo "deb $security $suite-security main"; fi
  } >"$root/etc/apt/sources.list"
  for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
    if grep -qs '^ *Acquire' "$file"; then cp "$file" "$root/etc/apt/apt.conf.d/"; fi
  done
  for file in auth.conf auth.conf.d; do
    if [[ -e /etc/apt/$file ]]; then cp -a "/etc/apt/$file" "$root/etc/apt/"; fi
  done
  for file in http https; do proxy_of_apt "$file"; done >"$root/etc/apt/apt.conf.d/95environment"
}

proxy_of_apt() { # scheme
  local name=${1}_proxy
  local upper=${name^^} proxy=${!name-}
  proxy=${proxy:-${!upper-}}
  if [[ -n $proxy ]]; then echo "Acquire::$1::Proxy \"$proxy\";"; fi
}

# Of pip's settings, in files and environment, the ones about the way to a package index. Folders of this machine that
# serve as one are left out: a new machine has none.
pip_settings='index-url extra-index-url trusted-host cert client-cert proxy timeout default-timeout retries'
hand_over_pip() { # folder
  local cert
  python3 - "${XDG_CONFIG_HOME:-$HOME/.config}" $pip_settings >"$1/etc/pip.conf" <<'PYTHON'
import configparser, os, pathlib, sys

own, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:]
home = pathlib.Path.home()
found = configparser.RawConfigParser()
found.read(["/etc/xdg/pip/pip.conf", "/etc/pip.conf", home / ".pip/pip.conf", own / "pip/pip.conf"])
found.read(os.environ.get("PIP_CONFIG_FILE", os.devnull))
settings = {key: value for part in ("global", "install") if part in found for key, value in found[part].items()}
settings |= {"proxy": os.environ[name] for name in ("HTTPS_PROXY", "https_proxy") if os.environ.get(name)}
settings |= {name[4:].lower().replace("_", "-"): value for name, value in os.environ.items() if name[:4] == "PIP_"}
print("[global]")
for key in wanted:
    words = [word for word in settings.get(key, "").split() if not word.startswith("file:")]
    words = [word for word in words if not ("index" in key and word.startswith("/"))]
    if words:
        print(f"{key} = {' '.join(words)}")
PYTHON
  for cert in $(sed -n 's/^\(client-\)\{0,1\}cert = //p' "$1/etc/pip.conf"); do
    install -D -m 644 "$cert" "$1$cert"
  done
}
