#!/bin/sh
# Installs what the suite takes to build and run on Alpine Linux.
set -eu

apk add --no-cache bash build-base cargo git rust rust-clippy rustfmt

# The suite's objects are here; not every image has it mounted.
if ! mountpoint -q /dev/shm; then
    mkdir -p /dev/shm
    mount -t tmpfs -o mode=1777 shm /dev/shm
fi
