# shellcheck shell=bash
# Tokens are signed with the Fernet keys and secrets in the database with the credential
# keys: both outlive every container, and neither is ever overwritten.

make_keys_once() { # of two that make them at once, one waits for the other
    local keys=/etc/keystone/keys repository
    install -d -o openstack -g openstack -m 0700 "$keys"/{fernet,credential}
    (
        flock 9
        for repository in fernet credential; do
            make_key "$keys/$repository/0" 9>&-
            make_key "$keys/$repository/1" 9>&-
        done
    ) 9>"$keys/lock"
}

make_key() ( # FILE: 32 random bytes in the URL-safe alphabet, as the Fernet specification asks
    [[ ! -s $1 ]] || exit 0
    umask 077
    new=${1%/*}/../new
    openssl rand -base64 32 | tr '+/' '-_' | tr -d '\n' >"$new"
    chown openstack:openstack "$new"
    sync "$new"
    mv "$new" "$1"
)
