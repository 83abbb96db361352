# shellcheck shell=bash
# What stacks keep secret in the database is encrypted: the key outlives every container and every change of
# PASSWORDS, and is never overwritten.

KEYS=/etc/heat/keys

encryption_key() { # prints its 32 characters; of two that make it at once, one waits for the other
    install -d -m 0700 "$KEYS"
    (
        flock 9
        [[ -s $KEYS/database ]] || make_encryption_key
    ) 9>"$KEYS/lock"
    cat "$KEYS/database"
}

make_encryption_key() (
    umask 077
    openssl rand -base64 24 >"$KEYS/new" && sync "$KEYS/new" && mv "$KEYS/new" "$KEYS/database"
)
