# shellcheck shell=bash
# Tokens are signed with the Fernet keys and secrets in the database with the credential
# keys: both outlive every container, and neither is ever overwritten, not even by two that make them at once.

make_keys_once() {
    local repository
    install -d -o openstack -g openstack -m 0700 /etc/keystone/keys/{fernet,credential}
    for repository in fernet credential; do
        make_key "/etc/keystone/keys/$repository/0"
        make_key "/etc/keystone/keys/$repository/1"
    done
}

make_key() { # FILE: 32 random bytes in the URL-safe alphabet, as the Fernet specification asks
    local new
    [[ ! -s $1 ]] || return 0
    new=$(mktemp "${1%/*}/../new.XXXXXXXX")
    openssl rand -base64 32 | tr '+/' '-_' | tr -d '\n' >"$new"
    chown openstack:openstack "$new"
    sync "$new"
    ln "$new" "$1" 2>/dev/null || [[ -s $1 ]]
    rm "$new"
}
