# shellcheck shell=bash

check_images() {
    local needed present name missing=()
    needed=$(images_of_node)
    present=$(docker image ls --filter 'reference=dietstack/*' --format '{{.Repository}}:{{.Tag}}')
    for name in $needed; do
        [[ $'\n'$present$'\n' == *$'\n'"dietstack/$name:$RELEASE"$'\n'* ]] || missing+=("dietstack/$name:$RELEASE")
    done
    ((${#missing[@]} == 0)) || refuse "images not there: ${missing[*]}; make them with: make images"
}
