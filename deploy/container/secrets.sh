# shellcheck shell=bash
# The secrets that templates name.
source /opt/dietstack/secret.sh

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
