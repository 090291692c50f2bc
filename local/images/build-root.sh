#!/bin/sh
# build-root.sh OUT.tar NODE_BINARY
# Makes the root file system that all stand-in images share: Node, MariaDB and a shell, from the packages of this
# machine's Debian or Ubuntu. Needs root and mmdebstrap.
set -eu

packages=dash,coreutils,libstdc++6,mariadb-server-core,mariadb-client-core

main() {
  { [ $# -eq 2 ] && [ -x "$2" ]; } || fail "usage: $0 OUT.tar NODE_BINARY"
  [ "$(id -u)" -eq 0 ] || fail "$0 needs root, to make a root file system."
  command -v mmdebstrap >/dev/null || fail "$0 needs mmdebstrap: apt-get install mmdebstrap"
  umask 022
  out=$1
  work=$(mktemp -d "$out.XXXXXX")
  root=$work/root
  trap finish EXIT
  trap 'exit 130' INT TERM HUP
  exec 3>&2 >"$work/log" 2>&1
  extract_packages
  remove_ballast
  add_accounts
  add_node "$2"
  prepare_database
  tar --create --file "$out.part" --directory "$root" --numeric-owner --sort=name .
  mv "$out.part" "$out"
}

# Extracting without installing takes seconds, and leaves out the package manager.
extract_packages() {
  mkdir "$root"
  TMPDIR=$work mmdebstrap --quiet --variant=extract --format=directory --include="$packages" \
    --setup-hook='for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d"; ln -s "usr/$d" "$1/$d"; done' \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" $(apt_sources)
}

apt_sources() {
  find /etc/apt -maxdepth 2 -type f \( -path '*/sources.list' -o -path '*/sources.list.d/*.list' \
    -o -path '*/sources.list.d/*.sources' \) -size +0
}

remove_ballast() (
  cd "$root"
  rm -rf dev/* etc/* var/cache/* var/lib/* var/log/*
  cd usr
  rm -rf lib/*/gconv share/doc share/info share/lintian share/locale share/man
  rm -f bin/dpkg* bin/tar bin/update-alternatives bin/innochecksum bin/my_print_defaults bin/resolveip \
    bin/mariadb-check bin/mariadb-upgrade bin/mysql_upgrade bin/*install*db
  find share/mysql -mindepth 1 -maxdepth 1 -type d ! -name english ! -name charsets -exec rm -r {} +
  # Newer releases keep the old name in a package of its own.
  [ -e bin/mysql ] || ln -s mariadb bin/mysql
)

add_accounts() {
  cat >"$root/etc/passwd" <<END
root:x:0:0::/:/bin/sh
mysql:x:999:999::/:/bin/sh
app:x:10001:10001::/:/bin/sh
END
  sed 's/^\([^:]*:x:[0-9]*\):.*/\1:/' "$root/etc/passwd" >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
}

add_node() {
  mkdir -p "$root/usr/local/bin"
  cp "$1" "$root/usr/local/bin/node"
  # A seventh of the binary is symbols.
  strip "$root/usr/local/bin/node" || true
}

# An empty data directory for the database to start from: making one takes longer than starting with it.
prepare_database() {
  data=/usr/share/catalogue-db/data
  mkdir -p "$root$data" "$root/run/mysqld" "$root/var/lib/mysql"
  ln -s ../run "$root/var/run"
  system_tables | chroot "$root" /usr/sbin/mariadbd --no-defaults --bootstrap --user=root --datadir=$data \
    --innodb-log-file-size=4M --innodb-undo-tablespaces=0 --innodb-buffer-pool-dump-at-shutdown=OFF
  [ -e "$root$data/mysql/global_priv.MAD" ]
  # Any user may copy it.
  chmod -R a+rX "$root$data"
  rm "$root"/usr/share/mysql/*.sql
}

system_tables() {
  echo "CREATE DATABASE mysql;"
  echo "USE mysql;"
  # An administrator without a password, who can only be the operating system's root.
  echo "SET @auth_root_socket = 'root';"
  # These lines would make accounts for this machine's name.
  sed '/@current_hostname/d' "$root/usr/share/mysql/mysql_system_tables.sql" \
    "$root/usr/share/mysql/mysql_system_tables_data.sql"
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
