# shellcheck shell=sh disable=SC2034
account=redis
packages=coreutils,dash,redis-server

prepare() {
  rm -rf usr/share/locale usr/share/perl* usr/lib/*/perl* usr/bin/perl*
  mkdir -p data
}
