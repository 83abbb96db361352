"""An operator's files in the configuration directory win over what DietStack says."""

from tests.functional.infra.services import Container, Services, wait_for

NFS_BLOCK = """
NFS_CORE_PARAM {
    Bind_addr = 127.0.0.1;
    Protocols = 3;
    NFS_Port = 3049;
    MNT_Port = 3048;
    Enable_UDP = false;
    Enable_NLM = false;
    Enable_RQUOTA = false;
    Allow_Set_Io_Flusher_Fail = true;
}
"""


def write(services: Services, service: str, file: str, content: str) -> None:
    folder = services.state / "config" / service
    folder.mkdir(parents=True)
    (folder / file).write_text(content)


def start_with(services: Services, service: str, file: str, content: str) -> Container:
    write(services, service, file, content)
    return services.start(service)


def test_mariadb(services: Services) -> None:
    mariadb = start_with(services, "mariadb", "small.cnf", "[mariadbd]\nmax_connections = 33\n")
    assert "33" in mariadb.run("mariadb", "--execute", "SELECT @@max_connections").split()


def test_rabbitmq(services: Services) -> None:
    rabbitmq = start_with(services, "rabbitmq", "small.conf", "vm_memory_high_watermark.absolute = 300MiB\n")
    assert '{vm_memory_high_watermark,{absolute,"300MiB"}}' in rabbitmq.run("rabbitmqctl", "environment")


def test_nfs(services: Services) -> None:
    """A block replaces ours of the same name."""
    write(services, "nfs", "ports.conf", NFS_BLOCK)
    services.create("nfs")
    wait_for(
        "the NFS server listens", lambda: set(services.listeners()) == {"127.0.0.1:3049", "127.0.0.1:3048"}
    )


def test_libvirt(services: Services) -> None:
    identifier = "11111111-2222-4333-8444-555555555555"
    libvirt = start_with(services, "libvirt", "host.conf", f'host_uuid = "{identifier}"\n')
    assert f"<uuid>{identifier}</uuid>" in libvirt.run("virsh", "capabilities")
