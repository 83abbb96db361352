# shellcheck shell=bash

KVM=/dev/kvm

# choose_hypervisor: KVM if a guest really boots on it, emulation if not; asked once after each boot
# of the host, because /dev/kvm may exist and not work.
choose_hypervisor() {
    local boot status=0 answered=$STATE_DIR/run/virt-type-of-boot
    [[ $COMPUTE_NODE == true ]] || {
        echo qemu >"$STATE_DIR/run/virt-type"
        return 0
    }
    boot=$(</proc/sys/kernel/random/boot_id)
    [[ ! -s $STATE_DIR/run/virt-type || $(cat "$answered" 2>/dev/null) != "$boot" ]] || return 0
    kvm_works || status=$?
    case $status in
    0) echo kvm >"$STATE_DIR/run/virt-type" ;;
    12[5-7]) fail "Docker could not try $KVM (docker run returned $status)" ;;
    *) echo qemu >"$STATE_DIR/run/virt-type" ;;
    esac
    echo "$boot" >"$answered"
}

kvm_works() {
    [[ -c $KVM ]] &&
        docker run --rm --label dietstack=libvirt --label dietstack.job --network none --device "$KVM" \
            --env PATIENCE="$PATIENCE" \
            --entrypoint /opt/dietstack/services/libvirt/kvm-works "dietstack/libvirt:$RELEASE"
}
