# shellcheck shell=sh disable=SC2034
# What takes the place of the image python:3.12-slim, with this machine's Python.
account=python
packages=coreutils,dash,python3,python3-pip,python3-wheel

prepare() {
  mkdir -p tmp
  chmod 1777 tmp
}
