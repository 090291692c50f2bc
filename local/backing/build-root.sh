#!/bin/sh
# build-root.sh OUT.tar FOLDER
# Makes the root file system of a stand-in from packages of this machine's Debian or Ubuntu. FOLDER/root.sh says which, as
# `packages`, and what is done to them, as `prepare`, which runs in the root. Needs root and mmdebstrap.
set -eu

main() {
  { [ $# -eq 2 ] && [ -r "$2/root.sh" ]; } || fail "usage: $0 OUT.tar FOLDER"
  [ "$(id -u)" -eq 0 ] || fail "$0 needs root, to make a root file system."
  command -v mmdebstrap >/dev/null || fail "$0 needs mmdebstrap: apt-get install mmdebstrap"
  umask 022
  out=$1
  work=$(mktemp -d "$out.XXXXXX")
  root=$work/root
  trap finish EXIT
  trap 'exit 130' INT TERM HUP
  exec 3>&2 >"$work/log" 2>&1
  # shellcheck source=/dev/null
  . "$2/root.sh"
  extract_packages
  # What a pod gets from its node, and what no server reads.
  (cd "$root" && rm -rf dev/* var/cache/* var/log/* usr/share/doc usr/share/info usr/share/lintian usr/share/man)
  printf 'root:x:0:0::/:/bin/sh\n%s:x:999:999::/:/bin/sh\n' "$account" >"$root/etc/passwd"
  printf 'root:x:0:\n%s:x:999:\n' "$account" >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  [ -e "$root/var/run" ] || ln -s ../run "$root/var/run"
  mkdir -p "$root/usr/local/bin" "$root/run" "$root/docker-entrypoint-initdb.d"
  (cd "$root" && prepare)
  tar --create --file "$out.part" --directory "$root" --numeric-owner --sort=name .
  mv "$out.part" "$out"
}

# Extracting without installing takes seconds.
extract_packages() {
  mkdir "$root"
  # The sources are several words.
  # shellcheck disable=SC2046
  TMPDIR=$work mmdebstrap --quiet --variant=extract --format=directory --include="$packages" \
    --setup-hook='for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d"; ln -s "usr/$d" "$1/$d"; done' \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" $(apt_sources)
}

apt_sources() {
  find /etc/apt -maxdepth 2 -type f \( -path '*/sources.list' -o -path '*/sources.list.d/*.list' \
    -o -path '*/sources.list.d/*.sources' \) -size +0
}

finish() {
  status=$?
  [ $status -eq 0 ] || cat "$work/log" >&3
  rm -rf "$work" "$out.part"
  exit $status
}

fail() {
  echo "$1" >&2
  exit 1
}

main "$@"
