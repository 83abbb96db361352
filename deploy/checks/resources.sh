# shellcheck shell=bash
# Memory and disk that a new deployment needs, in MB. One that runs has taken them already, and the disk
# one whose data was kept.

declare -gA MEMORY_NEEDED=(['all-in-one']=3000 [control]=2600 [compute]=700)
declare -gA DISK_NEEDED=(['all-in-one']=6000 [control]=5000 [compute]=3000)

check_memory() {
    local role needed found
    role=$(role_of_node)
    needed=${MEMORY_NEEDED[$role]}
    found=$(memory_available)
    found=$((found / 1000000))
    cloud_runs || ((found >= needed)) ||
        refuse "memory: $found MB available, $needed MB needed ($role node); free some, or use a larger machine"
}

check_disk() {
    local role needed found
    role=$(role_of_node)
    needed=${DISK_NEEDED[$role]}
    found=$(df --block-size=MB --output=avail "$(existing_parent_of "$STATE_DIR")" | tr -dc 0-9)
    cloud_runs || [[ -n $(recorded_ds_address) ]] || ((found >= needed)) ||
        refuse "disk: $found MB free for $STATE_DIR, $needed MB needed ($role node); free some, or use a larger disk"
}
