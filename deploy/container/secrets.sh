# shellcheck shell=bash disable=SC2034
# Every internal secret follows from the one secret PASSWORDS, so that a compute
# node needs nothing else and a changed PASSWORDS changes them all.

secret() { # NAME: prints 64 hexadecimal digits
    local digest
    digest=$(printf '%s\0%s' "$1" "$PASSWORDS" | sha256sum)
    printf '%s' "${digest%% *}"
}

KEYSTONE_PASSWORD=$(secret keystone)
GLANCE_PASSWORD=$(secret glance)
PLACEMENT_PASSWORD=$(secret placement)
NOVA_PASSWORD=$(secret nova)
NEUTRON_PASSWORD=$(secret neutron)
CINDER_PASSWORD=$(secret cinder)
HEAT_PASSWORD=$(secret heat)
HEAT_DOMAIN_PASSWORD=$(secret heat-domain)
RABBITMQ_PASSWORD=$(secret rabbitmq)
LIBVIRT_PASSWORD=$(secret libvirt)
METADATA_SECRET=$(secret metadata)
HORIZON_SECRET=$(secret horizon)
MEMCACHE_SECRET=$(secret memcache)
