# shellcheck shell=bash
image=nfs
ports=(control:2049 control:20048)

containers() {
    # NFS handles are opened by handle, which Docker's seccomp profile does not know.
    on control container nfs --cap-add DAC_READ_SEARCH --security-opt seccomp=unconfined \
        -v "$STATE_DIR/volumes:$STATE_DIR/volumes"
}
