#!/bin/sh
# Installs what the suite takes to build and run on OpenBSD.
set -eu

if [ ! -s /etc/installurl ]; then echo https://cdn.openbsd.org/pub/OpenBSD >/etc/installurl; fi
pkg_add -I bash git rust rust-clippy rust-rustfmt

# An ordinary login may have 1.5 GiB of data, which is little for a compiler. From the next login on, it is not bound.
sed -i -E "s/:datasize-(cur|max)=[0-9]+M:/:datasize-\1=infinity:/" /etc/login.conf
if [ -f /etc/login.conf.db ]; then cap_mkdb /etc/login.conf; fi
