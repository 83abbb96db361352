# shellcheck shell=bash
# The memory of this machine in bytes: its kernel's, or what cgroups leave it of a kernel that it shares with others,
# as a system container does.

MEMINFO=/proc/meminfo
CGROUPS=/proc/1/cgroup # of the first process; a session may be limited by itself
CGROUP_TOP=/sys/fs/cgroup
NODES=/sys/devices/system/node

# What the kernel itself takes of a small machine: it counts in a cgroup's limit, and in no MemTotal.
KERNEL_MEMORY=$((64 << 20))

# memory_total: what all programs together can have.
memory_total() {
    {
        memory_of_kernel
        memory_limits | while read -r limit _; do echo $((limit - KERNEL_MEMORY)); done
    } | least
}

# memory_available: what more programs can have now.
memory_available() {
    {
        awk '/^MemAvailable:/ { printf "%.0f\n", $2 * 1024 }' "$MEMINFO"
        memory_limits | cut -d ' ' -f 2
    } | least
}

# memory_of_others: what libvirt takes for this machine's memory and is not.
memory_of_others() {
    local total others
    total=$(memory_total) && others=$(($(memory_of_libvirt) - total)) && echo $((others > 0 ? others : 0))
}

# memory_of_libvirt: that of all NUMA nodes. A kernel whose memory grew or shrank may count other pages for them than
# in all.
memory_of_libvirt() {
    if [[ -e $NODES/node0/meminfo ]]; then
        cat "$NODES"/node*/meminfo | awk '$3 == "MemTotal:" { kib += $4 } END { printf "%.0f\n", kib * 1024 }'
    else
        memory_of_kernel
    fi
}

# memory_of_kernel: what a container sees of it in /proc/meminfo may be made up.
memory_of_kernel() {
    echo $(($(getconf _PHYS_PAGES) * $(getconf PAGE_SIZE)))
}

# memory_limits: `LIMIT LEFT` for each cgroup around the machine, as far out as can be seen. Version 1 need not be
# mounted in a container; it is for as long as this looks.
memory_limits() {
    local controllers cgroup
    while IFS=: read -r _ controllers cgroup; do
        case ,$controllers, in
        *,memory,*)
            limits_from "$cgroup" limit_in_bytes usage_in_bytes total_ \
                mount -t cgroup -o "$controllers" cgroup "$CGROUP_TOP"
            return
            ;;
        ,,) limits_from "$cgroup" max current '' true ;;
        esac
    done <"$CGROUPS"
}

# limits_from CGROUP LIMIT USAGE PREFIX COMMAND...: those of CGROUP and of all above it. Mounts of COMMAND are seen
# here alone. Cached files make room when it is needed.
limits_from() {
    unshare --mount bash -euo pipefail -s "$CGROUP_TOP" "$@" <<-'END' 2>/dev/null || refuse_unreadable "$1"
		top=$1 cgroup=${2%/} limit=memory.$3 usage=memory.$4 files="^$5(in)?active_file "
		tell() {
		    cd "$top$1" && [[ -e $limit && $(<$limit) != max ]] || return 0
		    cached=$(awk -v files="$files" '$0 ~ files { sum += $2 } END { printf "%.0f", sum }' memory.stat)
		    echo "$(<$limit) $(($(<$limit) - $(<$usage) + cached))"
		}
		"${@:6}"
		until [[ -z $cgroup ]]; do
		    tell "$cgroup"
		    cgroup=${cgroup%/*}
		done
		tell ''
	END
}

refuse_unreadable() { # CGROUP
    refuse "memory: the limit of the cgroup $1 cannot be read; give this container all capabilities"
}

least() {
    sort --numeric-sort | sed -n 1p
}
