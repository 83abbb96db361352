# shellcheck shell=bash
# A server on KVM gets the host's processor; an emulated one the processor that is emulated fastest.
case $VIRT_TYPE in
kvm) CPU_MODE=host-model ;;
qemu) CPU_MODE=none ;;
esac
