#!/bin/bash
# trees.sh VERB FILE=FOLDER...: what machines that are containers have written, folder by folder; the files are those of
# a checkpoint. Runs in a container of its own, because the folders are root's, and whoever asks for it need not be.
set -euo pipefail
umask 077

# Also what Docker's own layers are made of: whiteouts and the attributes that say what is beneath them.
readonly TAR=(tar --numeric-owner --acls --xattrs '--xattrs-include=*' --sparse)

main() {
    local verb=$1 tree work=()
    shift
    for tree in "$@"; do
        "$verb" "${tree#*=}" "${tree%%=*}" &
        work+=("$!")
    done
    await_all "${work[@]}"
}

await_all() { # PID...: fails if one of them does, when all have ended
    local pid status=0
    for pid in "$@"; do
        wait "$pid" || status=$?
    done
    return "$status"
}

pack() { # FOLDER FILE
    "${TAR[@]}" --create --use-compress-program='zstd -1' --file "$2" --directory "$1" .
    chown --reference="${2%/*}" "$2"
}

lay_out() { # FOLDER FILE
    settle "$1"
    mkdir "$1.next"
    "${TAR[@]}" --extract --zstd --preserve-permissions --file "$2" --directory "$1.next"
}

exchange() { # FOLDER
    mv "$1" "$1.former"
    mv "$1.next" "$1"
}

# Also after half an exchange, and after being killed itself.
put_back() { # FOLDER
    if [[ -e $1.former ]]; then
        rm -rf "$1"
        mv "$1.former" "$1"
    fi
    rm -rf "$1.next"
}

settle() { # FOLDER
    rm -rf "$1.next" "$1.former"
}

main "$@"
