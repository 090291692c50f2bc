# shellcheck shell=sh disable=SC2034
account=rabbitmq
packages=coreutils,dash,gawk,grep,hostname,procps,rabbitmq-server,sed

prepare() {
  rm -rf usr/share/locale usr/share/perl* usr/lib/*/perl* usr/bin/perl* usr/lib/python3* usr/bin/python3*
  for program in usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/*; do
    # Instead of Debian's wrappers, which change the user.
    ln -s "/$program" "usr/local/bin/${program##*/}"
  done
  mkdir -p var/lib/rabbitmq var/log/rabbitmq etc/rabbitmq
}
