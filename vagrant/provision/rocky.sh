#!/bin/sh
# Installs what the suite takes to build and run on Rocky Linux. Its own Rust is older than the suite's.
set -eu

dnf install --assumeyes bash gcc git tar
if ! command -v cargo >/dev/null; then
    curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs \
        | RUSTUP_HOME=/opt/rustup CARGO_HOME=/opt/cargo \
            sh -s -- -y --profile minimal --component clippy --component rustfmt --no-modify-path
    for program in cargo rustc rustdoc cargo-clippy clippy-driver cargo-fmt rustfmt; do
        printf '#!/bin/sh\nRUSTUP_HOME=/opt/rustup exec /opt/cargo/bin/%s "$@"\n' "$program" >"/usr/local/bin/$program"
        chmod 755 "/usr/local/bin/$program"
    done
fi
