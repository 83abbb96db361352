#!/bin/bash
# trees.sh VERB MACHINE TREE=NAME...: what a machine that is a container has written, tree by tree. Each
# stands as the folder NAME in /trees/TREE; the checkpoint is /checkpoint. Runs in a container of its own,
# because the trees are root's, and whoever asks for it need not be.
set -euo pipefail
umask 077

# Also what Docker's own layers are made of: whiteouts and the attributes that say what is beneath them.
readonly TAR=(tar --numeric-owner --acls --xattrs '--xattrs-include=*' --sparse)

main() {
    local verb=$1 machine=$2 tree
    shift 2
    for tree in "$@"; do
        cd "/trees/${tree%%=*}"
        "$verb" "${tree#*=}" "/checkpoint/$machine.${tree%%=*}.tar"
    done
}

pack() { # TREE FILE
    "${TAR[@]}" --create --file "$2" --directory "$1" .
    chown --reference=/checkpoint "$2"
}

lay_out() { # TREE FILE
    settle "$1"
    mkdir "$1.next"
    "${TAR[@]}" --extract --preserve-permissions --file "$2" --directory "$1.next"
}

exchange() { # TREE
    mv "$1" "$1.former"
    mv "$1.next" "$1"
}

# Right after each step of exchange, and again after being killed itself.
put_back() { # TREE
    if [[ -e $1.former ]]; then
        rm -rf "$1"
        mv "$1.former" "$1"
    fi
    rm -rf "$1.next"
}

settle() { # TREE
    rm -rf "$1.next" "$1.former"
}

main "$@"
