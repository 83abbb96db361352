#!/bin/bash
# Collects Horizon's static files and compresses them once, so that no user waits for it. After pruning:
# the compressed files are named after all templates that are there.
set -euo pipefail
dashboard=/opt/openstack/lib/python3.13/site-packages/openstack_dashboard
cp /opt/openstack/lib/python3.13/site-packages/heat_dashboard/enabled/_16*.py "$dashboard/local/enabled/"
cp /opt/openstack/lib/python3.13/site-packages/heat_dashboard/local_settings.d/_16*.py "$dashboard/local/local_settings.d/"
# By these Horizon knows who may do what with stacks.
cp /opt/openstack/lib/python3.13/site-packages/heat_dashboard/conf/heat_policy.yaml "$dashboard/conf/"
cp /opt/openstack/lib/python3.13/site-packages/heat_dashboard/conf/default_policies/heat.yaml "$dashboard/conf/default_policies/"

sed 's/\${[A-Z_]*}/build/' /build/local_settings.py >"$dashboard/local/local_settings.py"
# There is no memcached here; without a cache the Angular templates would silently be left out.
echo 'CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}' \
    >>"$dashboard/local/local_settings.py"
export DJANGO_SETTINGS_MODULE=openstack_dashboard.settings
/opt/openstack/bin/python3 -m django collectstatic --noinput --clear --verbosity 0
/opt/openstack/bin/python3 -m django compress --force --verbosity 0
ln -sf /etc/horizon/local_settings.py "$dashboard/local/local_settings.py"

# What went into the static files is there twice now, and nothing compiles style sheets any more.
packages=/opt/openstack/lib/python3.13/site-packages
find "$packages/xstatic/pkg" -type d -name data -prune -exec rm -rf {} +
rm -rf "$packages"/_sass.abi3.so /opt/openstack/static/horizon/tests
# Of the icons the pages take the fonts; the other forms of them are larger than all of the rest.
rm -rf /opt/openstack/static/horizon/lib/font_awesome/{metadata,svgs,sprites,js,less,scss}
# Whole libraries of fonts and themes, of which the compiled style sheets have what the pages use.
rm -rf /opt/openstack/static/horizon/lib/{bootswatch,jquery_ui/themes,mdi,roboto_fontface}
