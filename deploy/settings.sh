# shellcheck shell=bash
# The settings of a node: environment > STATE_DIR/settings.sh > default, remembered in that file.
# The file is parsed, never executed. What each setting means: docs/settings.md.

STATE_DIR=/srv/dietstack

# The network of the demo project: fixed, so that EXTERNAL_IP can be kept out of it.
DEMO_NETWORK=192.168.35.0/24

SETTINGS=(CONTROL_NODE COMPUTE_NODE DS_INTERFACE CONTROL_NODE_DS_IP
    EXTERNAL_IP EXTERNAL_BRIDGE EXTERNAL_INTERFACE HORIZON_PORT PATIENCE PASSWORDS)

declare -gA DEFAULTS=(
    [CONTROL_NODE]=true
    [COMPUTE_NODE]=true
    [DS_INTERFACE]=lo
    [CONTROL_NODE_DS_IP]=''
    [EXTERNAL_IP]=192.168.99.1/24
    [EXTERNAL_BRIDGE]=br-ex
    [EXTERNAL_INTERFACE]=''
    [HORIZON_PORT]=8082
    [PATIENCE]=1
    [PASSWORDS]=''
)

declare -gA REMEMBERED=()

# load_settings: gives every setting its value as a shell variable that no child process inherits,
# and the facts that follow from them: DS_IP, CONTROL_IP, EXTERNAL_ADDRESS, NODE_NAME, RELEASE.
load_settings() {
    local name
    read_remembered_settings
    for name in "${SETTINGS[@]}"; do
        if [[ ! -v $name ]]; then
            printf -v "$name" '%s' "${REMEMBERED[$name]-${DEFAULTS[$name]}}"
        fi
        export -n "${name?}"
    done
    PASSWORDS=${PASSWORDS:-${REMEMBERED[PASSWORDS]-}}
    if [[ -z $PASSWORDS && $CONTROL_NODE == true && -z $(recorded_ds_address) ]]; then
        PASSWORDS=$(random_secret)
    fi
    check_patience
    derive_facts
}

# load_patience: PATIENCE alone, for a command that works whatever became of the other settings.
load_patience() {
    local remembered
    remembered=$(sed -nE "s/^PATIENCE='([0-9]+)'$/\1/p" "$STATE_DIR/settings.sh" 2>/dev/null | tail -n 1) || true
    PATIENCE=${PATIENCE:-${remembered:-${DEFAULTS[PATIENCE]}}}
    export -n PATIENCE
    check_patience
}

# check_patience: as soon as it is loaded, because all that waits calculates with it.
check_patience() {
    [[ $PATIENCE =~ ^[1-9][0-9]{0,2}$ ]] ||
        refuse "PATIENCE=${PATIENCE@Q}: is not a whole number from 1 to 999; use 1, or 10 where all takes ten times as long as usual"
}

# save_settings: remembers the settings. The file is replaced whole, so that a kill at any moment
# leaves the old or the new one, and only when a value changed; comments of a person stay.
save_settings() {
    local file=$STATE_DIR/settings.sh text
    text=$(settings_text)
    if [[ -f $file && $(<"$file") == "$text" && $(stat -c %a "$file") == 600 ]]; then
        return
    fi
    mkdir -p "$STATE_DIR"
    (umask 077 && printf '%s\n' "$text" >"$file.new")
    sync "$file.new"
    make_way_for_file "$file"
    mv "$file.new" "$file"
}

# make_way_for_file FILE: Docker may have made an empty directory where it missed one.
make_way_for_file() {
    [[ ! -d $1 ]] || rmdir "$1"
}

read_remembered_settings() {
    local file=$STATE_DIR/settings.sh line number=0
    REMEMBERED=()
    [[ -e $file ]] || return 0
    if [[ -d $file ]]; then
        [[ -z $(ls -A "$file") ]] || refuse "$file is a directory, and not empty; move it away"
        return 0
    fi
    [[ -r $file ]] || refuse "$file cannot be read by user $(id -un); run as root (sudo)"
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        if [[ $line =~ ^[[:space:]]*(#.*)?$ ]]; then
            continue
        fi
        if [[ ! $line =~ ^([A-Za-z_][A-Za-z_0-9]*)=\'([^\']*)\'$ ]]; then
            refuse "$file, line $number: $(without_secret "$line") is not NAME='value'; correct or remove that line"
        fi
        is_setting "${BASH_REMATCH[1]}" ||
            refuse "$file, line $number: $(without_secret "$line") is not a setting of DietStack; remove that line (there are: ${SETTINGS[*]})"
        REMEMBERED[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
    done <"$file"
}

settings_text() {
    local file=$STATE_DIR/settings.sh line name
    local -A written=()
    if [[ -f $file ]]; then
        while IFS= read -r line || [[ -n $line ]]; do
            name=${line%%=*}
            if ! is_setting "$name"; then
                printf '%s\n' "$line"
            elif [[ ! -v written[$name] ]]; then
                printf "%s='%s'\n" "$name" "${!name}"
                written[$name]=yes
            fi
        done <"$file"
    else
        echo '# Remembered by runds.sh; the environment goes before it. Lines of the form NAME='"'value'"' only.'
    fi
    for name in "${SETTINGS[@]}"; do
        [[ -v written[$name] ]] || printf "%s='%s'\n" "$name" "${!name}"
    done
}

# role_of_node: all-in-one, control or compute.
role_of_node() {
    case $CONTROL_NODE,$COMPUTE_NODE in
    true,true) echo all-in-one ;;
    true,*) echo control ;;
    *) echo compute ;;
    esac
}

is_setting() {
    [[ " ${SETTINGS[*]} " == *" $1 "* ]]
}

# A line that may hold the secret is never printed.
without_secret() {
    if [[ $1 == *PASS* ]]; then
        echo "${1%%=*}=..."
    else
        printf '%s\n' "${1@Q}"
    fi
}

random_secret() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

derive_facts() {
    local release
    release=$(dirname "${BASH_SOURCE[0]}")/../images/release
    if [[ -f $release ]]; then
        RELEASE=$(<"$release")
    fi
    NODE_NAME=$(uname -n) EXTERNAL_ADDRESS=${EXTERNAL_IP%/*} CONTROL_IP=$CONTROL_NODE_DS_IP
    DS_IP=$(ds_address)
    DS_IP=${DS_IP%/*}
    if [[ $CONTROL_NODE == true ]]; then
        CONTROL_IP=$DS_IP
    fi
}

# ds_address: the first IPv4 ADDRESS/PREFIX on DS_INTERFACE; nothing if there is none.
ds_address() {
    if link_exists "$DS_INTERFACE"; then
        ip -4 -o address show dev "$DS_INTERFACE" | awk '!found { print $4; found = 1 }'
    fi
}

# link_exists NAME: there is a network interface of that name.
link_exists() {
    [[ -n $1 ]] && ip link show dev "$1" >/dev/null 2>&1
}
