# shellcheck shell=bash

# render TARGET TEMPLATE...
# Writes the templates one after the other, then the operator's drop-ins with the
# same extension, which therefore win. ${NAME} is replaced in the templates only.
render() {
    local target=$1 template dropin
    shift
    install -D -m 0640 -g "${CONFIG_GROUP:-root}" /dev/null "$target"
    for template in "$@"; do
        substitute "$template" >>"$target"
    done
    for dropin in /etc/dietstack/config/*."${target##*.}"; do
        [[ -e $dropin ]] || continue
        printf '\n# %s\n' "${dropin##*/}"
        cat "$dropin"
    done >>"$target"
}

substitute() { # TEMPLATE: prints it with every ${NAME} replaced
    local text name rendered=''
    text=$(<"$1")
    while [[ $text =~ \$\{([A-Za-z_][A-Za-z0-9_]*)\} ]]; do
        name=${BASH_REMATCH[1]}
        if [[ -z ${!name:-} ]]; then
            echo "$SERVICE $PROCESS: setting $name is missing, needed by ${1##*/}: run runds.sh again" >&2
            exit 2
        fi
        rendered+=${text%%"\${$name}"*}${!name}
        text=${text#*"\${$name}"}
    done
    printf '%s%s\n' "$rendered" "$text"
}
