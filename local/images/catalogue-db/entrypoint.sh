#!/bin/sh
# Starts the database of the catalogue with the variables that the official MySQL images take.
set -eu

data=/var/lib/mysql
init=/tmp/init.sql

main() {
  for name in MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD; do
    eval "[ -n \"\${$name:-}\" ]" || fail "The variable $name must be set."
  done
  [ -n "${MYSQL_ROOT_PASSWORD:-}${MYSQL_RANDOM_ROOT_PASSWORD:-}" ] ||
    fail "One of MYSQL_ROOT_PASSWORD and MYSQL_RANDOM_ROOT_PASSWORD must be set."
  umask 077
  [ -e "$data/complete" ] || copy_data
  statements >"$init"
  exec mariadbd --init-file="$init"
}

# A copy that was interrupted is made again; one that is complete survives a restart of the container.
copy_data() {
  rm -rf "${data:?}"/*
  cp -R /usr/share/catalogue-db/data/. "$data"
  : >"$data/complete"
}

# Run at every start, before the first client is served.
statements() {
  user="$(quoted "$MYSQL_USER")@'%'"
  database="$(identifier "$MYSQL_DATABASE")"
  cat <<END
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
CREATE OR REPLACE USER $user IDENTIFIED BY $(quoted "$MYSQL_PASSWORD");
CREATE DATABASE IF NOT EXISTS $database;
GRANT ALL ON $database.* TO $user;
$(root_statements)
USE $database;
END
  cat /usr/share/catalogue-db/socks.sql
}

# A random password is one that nobody knows: nobody can be root, which is how the data directory comes.
root_statements() {
  [ -n "${MYSQL_ROOT_PASSWORD:-}" ] || return 0
  for host in localhost %; do
    cat <<END
CREATE OR REPLACE USER root@'$host' IDENTIFIED BY $(quoted "$MYSQL_ROOT_PASSWORD");
GRANT ALL ON *.* TO root@'$host' WITH GRANT OPTION;
END
  done
}

quoted() {
  printf "'%s'" "$(replaced "$1" "'" "''")"
}

identifier() {
  printf '`%s`' "$(replaced "$1" '`' '``')"
}

# replaced TEXT CHARACTER REPLACEMENT, without a process of its own as sed would be.
replaced() {
  rest=$1 done=
  while [ "${rest#*"$2"}" != "$rest" ]; do
    done=$done${rest%%"$2"*}$3
    rest=${rest#*"$2"}
  done
  printf %s "$done$rest"
}

fail() {
  echo "$1" >&2
  exit 1
}

main
