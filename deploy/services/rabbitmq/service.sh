# shellcheck shell=bash
image=rabbitmq
ports=(control:5672 control:25672 control:25673)

containers() {
    on control container rabbitmq "${GOES_FIRST[@]}" -v "$STATE_DIR/rabbitmq:/var/lib/rabbitmq"
}
