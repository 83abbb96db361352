# shellcheck shell=bash
# Every internal secret follows from the one secret PASSWORDS, so that a compute
# node needs nothing else and a changed PASSWORDS changes them all.

secret() { # NAME: prints 40 hexadecimal digits
    local digest
    digest=$(printf '%s\0%s' "$1" "$PASSWORDS" | sha256sum)
    printf '%s' "${digest:0:40}"
}

# bytes: those of HEXADECIMAL, for keys that follow from a secret.
bytes() {
    # shellcheck disable=SC2059  # the digits become the escapes of a format
    printf "$(sed 's/../\\x&/g' <<<"$1")"
}
