# shellcheck shell=bash
# Every internal secret follows from the one secret PASSWORDS, so that a compute
# node needs nothing else and a changed PASSWORDS changes them all.

secret() { # NAME: prints 40 hexadecimal digits
    local digest
    digest=$(printf '%s\0%s' "$1" "$PASSWORDS" | sha256sum)
    printf '%s' "${digest:0:40}"
}
