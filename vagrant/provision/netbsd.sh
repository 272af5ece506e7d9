#!/bin/sh
# Installs what the suite takes to build and run on NetBSD.
set -eu

export PATH="$PATH:/usr/sbin:/usr/pkg/sbin:/usr/pkg/bin"
if ! command -v pkgin >/dev/null; then
    # What is after an underscore in a release's name is no part of its repository's.
    release=$(uname -r)
    PKG_PATH="https://cdn.NetBSD.org/pub/pkgsrc/packages/NetBSD/$(uname -p)/${release%%_*}/All"
    export PKG_PATH
    pkg_add pkgin
    echo "$PKG_PATH" >/usr/pkg/etc/pkgin/repositories.conf
fi
pkgin -y update
pkgin -y install bash git rust

# shm_open looks for a file system in memory here, and answers ENOTSUP where there is none.
if ! mount | grep -q '^[^ ]* on /var/shm type tmpfs'; then
    mkdir -p /var/shm
    mount -t tmpfs -o -m1777 tmpfs /var/shm
fi
