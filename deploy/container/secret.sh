# shellcheck shell=bash
# Every internal secret follows from the one secret PASSWORDS, so that a compute
# node needs nothing else and a changed PASSWORDS changes them all.

secret() { # NAME: prints 40 hexadecimal digits
    local digest
    digest=$(printf '%s\0%s' "$1" "$PASSWORDS" | sha256sum)
    printf '%s' "${digest:0:40}"
}

# bytes HEXADECIMAL: prints those that the digits stand for; a shell has no NUL in its variables.
bytes() {
    # shellcheck disable=SC2059  # the digits become the escapes of a format
    printf "${1//??/\\x&}"
}
