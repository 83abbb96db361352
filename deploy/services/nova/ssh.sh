# shellcheck shell=bash
# Disks of servers go from compute node to compute node over ssh, as Nova does it. One key proves both sides; it
# follows from PASSWORDS, so that no key has to be carried from node to node.

readonly SSH_KEY=/etc/nova/ssh/key SSH_PORT=8022

# make_ssh_key: the cloud's Ed25519 key, and what accepts it alone.
make_ssh_key() {
    (
        umask 077
        mkdir -p "${SSH_KEY%/*}"
        private_key >$SSH_KEY
        ssh-keygen -y -f $SSH_KEY >$SSH_KEY.pub
    )
    printf '* %s\n' "$(<$SSH_KEY.pub)" >"${SSH_KEY%/*}/known_hosts"
}

# private_key: 256 bits of the secret as an Ed25519 key, in the form of RFC 8410.
private_key() {
    local digits
    digits=$(secret nova-ssh)$(secret nova-ssh-more)
    bytes "302e020100300506032b657004220420${digits:0:64}" | openssl pkey -inform DER
}

# connect_by_ssh: every ssh and scp of this container takes the key, and believes no other.
connect_by_ssh() {
    make_ssh_key
    cat >/etc/ssh/ssh_config.d/nova.conf <<-END
		Host *
		    Port $SSH_PORT
		    User root
		    IdentityFile $SSH_KEY
		    UserKnownHostsFile ${SSH_KEY%/*}/known_hosts
		    StrictHostKeyChecking yes
	END
}

accept_by_ssh() {
    connect_by_ssh
    mkdir -p /run/sshd
    exec /usr/sbin/sshd -D -e -f /dev/null -h $SSH_KEY \
        -o "ListenAddress=$DS_IP:$SSH_PORT" -o "AuthorizedKeysFile=$SSH_KEY.pub" \
        -o AuthenticationMethods=publickey -o UsePAM=no -o StrictModes=no -o PidFile=none \
        -o AllowTcpForwarding=no -o PermitTTY=no -o Subsystem='sftp internal-sftp'
}
