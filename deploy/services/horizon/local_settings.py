DEBUG = False
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "${HORIZON_SECRET}"
WEBROOT = "/"
STATIC_ROOT = "/opt/openstack/static"
COMPRESS_OFFLINE = True
TIME_ZONE = "UTC"
LANGUAGES = (("en", "English"),)
CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
        "LOCATION": "${CONTROL_IP}:11211",
        # Without its memory it asks for the password again, and remembers as soon as it can.
        "OPTIONS": {"ignore_exc": True, "dead_timeout": 1},
    }
}
OPENSTACK_HOST = "${CONTROL_IP}"
OPENSTACK_KEYSTONE_URL = "http://${CONTROL_IP}:5000/v3"
OPENSTACK_ENDPOINT_TYPE = "internalURL"
OPENSTACK_KEYSTONE_DEFAULT_ROLE = "member"
OPENSTACK_KEYSTONE_BACKEND = {
    "name": "native",
    "can_edit_user": True,
    "can_edit_group": True,
    "can_edit_project": True,
    "can_edit_domain": True,
    "can_edit_role": True,
}
OPENSTACK_CINDER_FEATURES = {"enable_backup": True}
OPENSTACK_NEUTRON_NETWORK = {
    "enable_router": True,
    "enable_distributed_router": False,
    "enable_ha_router": False,
    "enable_fip_topology_check": True,
    "enable_quotas": True,
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
