# The minimal system that a trial begins with: made once by debootstrap, kept as a tarball. Sourced by script/fresh.

has_tools() {
  local missing=()
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
  if ((${#missing[@]})); then install_packages "${missing[@]}"; fi
}

mirror_of() { # label: where this machine's apt has packages of Debian itself, or its security updates, from; or nothing
  apt-get indextargets --format '$(CREATED_BY)|$(ORIGIN)|$(LABEL)|$(REPO_URI)' 2>/dev/null |
    sed -n "s/^Packages|Debian|$1|//p" | head -n 1
}

make_base() { # suite, user, tarball
  local suite=$1 user=$2 tarball=$3 packages=python3 folder=$work/base
  if [[ $user == sudo ]]; then packages+=,sudo; fi
  mkdir "$folder"
  quietly "making a minimal Debian $suite with $packages" \
    debootstrap --variant=minbase "--include=$packages" "$suite" "$folder" $(mirror_of Debian) ||
    give_up "debootstrap could not make Debian $suite (above)" "it needs a mirror that it can reach: see apt's sources"
  if [[ $user == sudo ]]; then make_user "$folder"; fi
  rm -rf "$folder"/var/cache/apt/archives/*.deb
  tar -C "$folder" --one-file-system -cpf "$tarball.part" .
  mv "$tarball.part" "$tarball"
  rm -rf --one-file-system "$folder"
}

# As machines of a provider have them: in the group sudo, whose rule asks for a password, and a rule that does not.
make_user() { # folder
  chroot "$1" useradd --create-home --shell /bin/bash --groups sudo plain
  echo 'plain ALL=(ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/90-plain"
  chmod 440 "$1/etc/sudoers.d/90-plain"
}

unpack_base() { # suite, user, folder
  local tarball=$cache/base-$1-$2-$(dpkg --print-architecture).tar
  if [[ -n $anew || -z $(find "$tarball" -mtime -30 2>/dev/null) ]]; then make_base "$1" "$2" "$tarball"; fi
  tar -C "$3" -xpf "$tarball"
  chmod 755 "$3"
}
