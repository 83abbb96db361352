"""What Tempest has to know of a cloud, as it is asked of the cloud itself."""

from configparser import RawConfigParser
from io import StringIO
from pathlib import Path

from lab.api import Api
from lab.private import write_private

IMAGE_FILE = Path(__file__).resolve().parents[2] / "build/dietguest.qcow2"
# A guest's first boot under emulation, with the other test beside it.
SECONDS_TO_BOOT = 300


def write_configuration(cloud: Api, dashboard: str, path: Path) -> None:
    """Write tempest.conf for the administrator of a cloud and the URL of its dashboard.

    It holds the password, so nobody else may read it.
    """
    auth = cloud.config.get_auth_args()
    image = cloud.image.find_image("dietguest", ignore_missing=False)
    nano, tiny = (cloud.compute.find_flavor(name, ignore_missing=False) for name in ("m1.nano", "m1.tiny"))
    external = cloud.network.find_network("external", ignore_missing=False)
    sections = {
        "DEFAULT": {"log_file": path.with_suffix(".log")},
        "auth": {
            "admin_username": auth["username"],
            "admin_password": auth["password"],
            "admin_project_name": auth["project_name"],
            "admin_domain_name": "Default",
        },
        "identity": {"uri_v3": auth["auth_url"], "auth_version": "v3", "region": cloud.config.region_name},
        "compute": {
            "image_ref": image.id,
            "image_ref_alt": image.id,
            "flavor_ref": nano.id,
            "flavor_ref_alt": tiny.id,
            "build_timeout": SECONDS_TO_BOOT,
            "max_microversion": "latest",
        },
        "compute-feature-enabled": {
            "resize": True,
            "vnc_console": True,
            "stable_rescue": True,
            "attach_encrypted_volume": False,  # there is no key manager
        },
        # NFS, in Cinder's own words.
        "volume": {"storage_protocol": "nfs", "vendor_name": "Open Source", "max_microversion": "latest"},
        "network": {
            "public_network_id": external.id,
            "floating_network_name": external.name,
            "project_network_cidr": "10.100.0.0/16",
            "build_timeout": SECONDS_TO_BOOT,
        },
        "network-feature-enabled": {
            "ipv6": True,
            "ipv6_subnet_attributes": True,
            "api_extensions": ",".join(extension.alias for extension in cloud.network.extensions()),
        },
        "service_available": {
            "swift": False,
            "cinder": True,
            "glance": True,
            "neutron": True,
            "nova": True,
            "horizon": True,
        },
        "dashboard": {"dashboard_url": dashboard},
        "validation": {
            "run_validation": True,
            "connect_method": "floating",
            "image_ssh_user": "dietguest",
            "image_alt_ssh_user": "dietguest",
            "ssh_key_type": "ecdsa",
            "ping_timeout": SECONDS_TO_BOOT,
            "ssh_timeout": SECONDS_TO_BOOT,
        },
        "scenario": {"dhcp_client": "", "img_file": IMAGE_FILE, "img_disk_format": "qcow2"},
    }
    configuration = RawConfigParser()
    configuration.read_dict(sections)
    text = StringIO()
    configuration.write(text)
    write_private(path, text.getvalue())
