# shellcheck shell=bash
# Tokens are signed with the Fernet keys and secrets in the database with the credential
# keys: both outlive every container, and neither is ever overwritten.

make_keys_once() {
    local repository
    install -d -o openstack -g openstack -m 0700 /etc/keystone/keys/{fernet,credential}
    for repository in fernet credential; do
        make_key "/etc/keystone/keys/$repository/0"
        make_key "/etc/keystone/keys/$repository/1"
    done
}

make_key() { # FILE: 32 random bytes in the URL-safe alphabet, as the Fernet specification asks
    [[ ! -s $1 ]] || return 0
    (umask 077 && openssl rand -base64 32 | tr '+/' '-_' | tr -d '\n' >"$1.new")
    chown openstack:openstack "$1.new"
    mv "$1.new" "$1"
}
