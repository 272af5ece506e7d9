#!/bin/sh
# Installs what the suite takes to build and run on FreeBSD.
set -eu

export ASSUME_ALWAYS_YES=yes IGNORE_OSVERSION=yes
pkg update
pkg install bash git rust
