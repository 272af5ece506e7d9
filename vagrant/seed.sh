#!/bin/sh
# What a machine runs once, at its first boot: lets the holder of the key log in as root.
set -eu

home=$(eval echo ~root)
mkdir -p "$home/.ssh"
cat >>"$home/.ssh/authorized_keys" <<'END'
@KEY@
END
chmod 700 "$home/.ssh"
chmod 600 "$home/.ssh/authorized_keys"
if command -v restorecon >/dev/null; then restorecon -R "$home/.ssh"; fi

# An account that is locked, rather than without a password, may not log in with a key either.
if [ -f /etc/shadow ]; then sed -i 's/^root:!*:/root:*:/' /etc/shadow; fi

# The first setting counts.
{
    echo "PermitRootLogin prohibit-password"
    cat /etc/ssh/sshd_config
} >/etc/ssh/sshd_config.new
cat /etc/ssh/sshd_config.new >/etc/ssh/sshd_config
rm /etc/ssh/sshd_config.new
if command -v systemctl >/dev/null; then
    systemctl restart sshd
elif command -v rcctl >/dev/null; then
    rcctl restart sshd
else
    service sshd restart
fi
