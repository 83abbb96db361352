# shellcheck shell=bash
# Bytes as hexadecimal text, for a shell has no NUL in its variables.

hex_of() { # TEXT
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}

bytes() { # HEX: prints the bytes
    # shellcheck disable=SC2059
    printf "${1//??/\\x&}"
}
