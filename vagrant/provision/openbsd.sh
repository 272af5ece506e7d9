#!/bin/sh
# Installs what the suite takes to build and run on OpenBSD.
set -eu

if [ ! -s /etc/installurl ]; then echo https://cdn.openbsd.org/pub/OpenBSD >/etc/installurl; fi
pkg_add -I bash git rust rust-clippy rust-rustfmt
