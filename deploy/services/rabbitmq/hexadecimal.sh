# shellcheck shell=bash

hex_of() { # TEXT: its bytes as hexadecimal digits, the opposite of `bytes`
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}
