#!/bin/bash
# Takes out of the virtual environment what no service ever reads, then byte-compiles the rest.
set -euo pipefail
cd /opt/openstack/lib/python3.13/site-packages

# Tests that packages carry along. Nova's and Neutron's fixtures are imported by tests only.
find . -type d \( -name tests -o -name testing \) -not -path './numpy/*' -prune -exec rm -rf {} +
# Translations of log and error messages: English, like the documentation.
find . -type d -name locale -prune -exec rm -rf {} +
find babel/locale-data -type f -not -name 'root.dat' -not -name 'en*.dat' -delete
rm -rf /opt/openstack/share/{doc,man}
find . -name '*.pyi' -delete

ln -sf /usr/lib/python3/dist-packages/libvirt*.* .
/opt/openstack/bin/python3 -m compileall -q -j 0 .
