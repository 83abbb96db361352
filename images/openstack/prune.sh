#!/bin/bash
# Takes out of the virtual environment what no service ever reads.
set -euo pipefail
cd /opt/openstack/lib/python3.13/site-packages

# Tests that packages carry along. Nova's and Neutron's fixtures are imported by tests only.
find . -type d \( -name tests -o -name testing \) -not -path './numpy/*' -prune -exec rm -rf {} +
# Glance loads all drivers of stores that are named, and logs those that are not there as errors.
sed -i '/= .*\.tests\./d' ./*.dist-info/entry_points.txt
# Translations of log and error messages: English, like the documentation.
find . \( -name '*.mo' -o -name '*.po' \) -not -path '*/locale/en/*' -delete
find babel/locale-data -type f -not -name 'root.dat' -not -name 'en*.dat' -delete
rm -rf /opt/openstack/share/{doc,man}
find . -name '*.pyi' -delete

ln -sf /usr/lib/python3/dist-packages/libvirt*.* .

# Heat brings the clients of every OpenStack service there is. Their commands would slow down each
# `openstack` and offer what this cloud does not have.
for entry_points in $(grep -l '^\[openstack.cli.extension\]' ./*.dist-info/entry_points.txt); do
    case $entry_points in
    ./python_openstackclient-* | ./openstackclient-* | ./python_heatclient-* | ./osc_placement-*) ;;
    *) rm "$entry_points" ;;
    esac
done
