#!/usr/bin/env bash
# All shell code of the repository through shfmt and shellcheck: what is named so, and what begins with a shell.
set -euo pipefail
cd "$(dirname "$0")/.."

tracked() {
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
        [[ -L $file ]] || echo "$file"
    done
}

programs() {
    tracked | xargs -d '\n' awk 'FNR == 1 && /^#!.*[\/ ](ba|da)?sh$/ { print FILENAME } { nextfile }'
}

mapfile -t programs < <(programs | sort)
mapfile -t sourced < <(comm -23 <(tracked '*.sh' 'deploy/services/*/start' '*.family' | sort) <(printf '%s\n' "${programs[@]}"))

shfmt --diff --indent 4 "${programs[@]}" "${sourced[@]}"
shellcheck --severity=warning "${programs[@]}"
shellcheck --severity=warning --shell=bash "${sourced[@]}"
echo "$((${#programs[@]} + ${#sourced[@]})) files of shell code are clean"
