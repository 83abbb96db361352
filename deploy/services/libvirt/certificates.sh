# shellcheck shell=bash
# Libvirts of one cloud know each other by certificates. The key of the authority that signs them follows from
# PASSWORDS: every node makes its own certificate, none has to be carried from node to node.

readonly PKI=/etc/pki
# Clocks are set back by checkpoints and differ between nodes; what proves membership is the signature.
readonly VALIDITY=(-not_before 20200101000000Z -not_after 99991231235959Z)

# make_certificates: one certificate for both directions, under the names where libvirt and QEMU look for it.
make_certificates() (
    umask 077
    mkdir -p $PKI/CA $PKI/libvirt/private $PKI/qemu
    cd $PKI/libvirt || return
    certify
    ln -sf servercert.pem clientcert.pem
    ln -sf serverkey.pem private/clientkey.pem
    ln -sf ../CA/cacert.pem ../qemu/ca-cert.pem
    for side in server client; do
        ln -sf ../libvirt/servercert.pem "../qemu/$side-cert.pem"
        ln -sf ../libvirt/private/serverkey.pem "../qemu/$side-key.pem"
    done
)

certify() {
    authority_key >../CA/key.pem
    openssl req -x509 -new -key ../CA/key.pem -subj '/CN=DietStack libvirt' "${VALIDITY[@]}" \
        -addext keyUsage=critical,keyCertSign -out ../CA/cacert.pem
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private/serverkey.pem
    openssl x509 -new -force_pubkey <(openssl pkey -in private/serverkey.pem -pubout) \
        -CA ../CA/cacert.pem -CAkey ../CA/key.pem -subj "/CN=$NODE_NAME" "${VALIDITY[@]}" \
        -extfile <(rights_of_node) -out servercert.pem
    rm ../CA/key.pem
}

rights_of_node() {
    echo "subjectAltName = DNS:$NODE_NAME, IP:$DS_IP"
    echo 'basicConstraints = critical, CA:false'
    echo 'extendedKeyUsage = serverAuth, clientAuth'
}

# authority_key: the P-256 key whose private part are 256 bits of the secret, in the form of RFC 5915.
authority_key() {
    local digits
    digits=$(secret libvirt-authority)$(secret libvirt-authority-more)
    bytes "30310201010420${digits:0:64}a00a06082a8648ce3d030107" | openssl pkey -inform DER
}
