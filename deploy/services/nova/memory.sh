# shellcheck shell=bash
# MiB that no server gets, of those that libvirt sees: others' on a kernel that is shared, and what this node's own
# processes need. Of 1024 MiB a node that only computes has room for one m1.tiny or two m1.nano: 960 are left by the
# kernel of a virtual machine, and counted of a container. The services of a control node take 2300 when they are
# idle, Docker and systemd 200.
OWN_MEMORY=$([[ $CONTROL_NODE == true ]] && echo 2688 || echo 448)
RESERVED_MEMORY=$(((MEMORY_OF_OTHERS >> 20) + OWN_MEMORY))
