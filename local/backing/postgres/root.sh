# shellcheck shell=sh disable=SC2034
account=postgres
packages=bash,coreutils,dash,gzip,libc-bin,locales,postgresql,sed

prepare() {
  # The locale of the official images, which decides how texts are sorted.
  mkdir -p usr/lib/locale
  chroot . localedef -i en_US -f UTF-8 en_US.UTF-8
  # No query of a preview is worth a compiler.
  rm -rf usr/lib/*/libLLVM* usr/lib/postgresql/*/lib/llvmjit* usr/lib/postgresql/*/lib/bitcode
  rm -rf usr/share/i18n usr/share/locale usr/share/perl* usr/lib/*/perl* usr/lib/*/gconv usr/bin/perl*
  # Instead of Debian's wrappers, which are Perl.
  for program in usr/lib/postgresql/*/bin/*; do
    ln -s "/$program" "usr/local/bin/${program##*/}"
  done
  sed -i "s/^#listen_addresses = 'localhost'/listen_addresses = '*'/" usr/share/postgresql/*/postgresql.conf.sample
  grep -q "^listen_addresses = '\*'" usr/share/postgresql/*/postgresql.conf.sample
  mkdir -p var/lib/postgresql/data run/postgresql
}
