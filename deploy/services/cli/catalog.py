"""Makes the service users, the catalog and the demo user what the deployment wants them to be.

Reads from stdin lines of words; the last word of a line is its rest, so that it may hold spaces:

    user NAME PASSWORD           a service's user, in the project `service`
    endpoint NAME TYPE URL...    a service of the catalog and its public and internal address
    heat-domain PASSWORD         the domain and the administrator of the users that stacks make
    demo PASSWORD                the demo project and its user

One process and one token for what would be some sixty calls of the command line.
"""

import sys
from typing import Any

import openstack

REGION = "RegionOne"


class Catalog:
    """What there is in Keystone is read once; only what differs is written."""

    def __init__(self) -> None:
        self.identity = openstack.connect(cloud="dietstack-admin").identity
        self.roles = {role.name: role for role in self.identity.roles()}
        self.projects = {project.name: project for project in self.identity.projects()}
        self.users = {user.name: user for user in self.identity.users(domain_id="default")}
        self.services = {service.type: service for service in self.identity.services()}
        self.endpoints = {(e.service_id, e.interface): e for e in self.identity.endpoints()}

    def make(self, line: str) -> None:
        """Makes what one line asks for.

        Raises:
            ValueError: the line is none of the four kinds.

        """
        kind, _, rest = line.partition(" ")
        if kind == "user":
            self.make_service_user(*rest.split(" ", 1))
        elif kind == "endpoint":
            self.make_endpoints(*rest.split())
        elif kind == "heat-domain":
            self.make_heat_domain(rest)
        elif kind == "demo":
            self.make_demo(rest)
        else:
            raise ValueError(f"not a line of the catalog: {kind}")

    def make_service_user(self, name: str, password: str) -> None:
        user = self.user(name, password)
        project = self.project("service")
        for role in ("admin", "service"):
            self.identity.assign_project_role_to_user(project, user, self.role(role))

    def make_endpoints(self, name: str, type_: str, public: str, internal: str) -> None:
        if type_ not in self.services:
            self.services[type_] = self.identity.create_service(name=name, type=type_)
        service = self.services[type_]
        if service.name != name:
            self.identity.update_service(service, name=name)
        for interface, url in (("public", public), ("internal", internal)):
            endpoint = self.endpoints.get((service.id, interface))
            if endpoint is None:
                self.identity.create_endpoint(
                    service_id=service.id, interface=interface, url=url, region_id=REGION
                )
            elif endpoint.url != url:
                self.identity.update_endpoint(endpoint, url=url)

    def make_heat_domain(self, password: str) -> None:
        self.role("heat_stack_user")
        domain = self.identity.find_domain("heat") or self.identity.create_domain(name="heat")
        admin = self.identity.find_user("heat_domain_admin", domain_id=domain.id)
        if admin:
            self.identity.update_user(admin, password=password)
        else:
            admin = self.identity.create_user(
                name="heat_domain_admin", domain_id=domain.id, password=password
            )
        self.identity.assign_domain_role_to_user(domain, admin, self.role("admin"))

    def make_demo(self, password: str) -> None:
        project = self.project("demo")
        user = self.user("demo", password, default_project_id=project.id)
        self.identity.assign_project_role_to_user(project, user, self.role("member"))

    def role(self, name: str) -> Any:
        if name not in self.roles:
            self.roles[name] = self.identity.create_role(name=name)
        return self.roles[name]

    def project(self, name: str) -> Any:
        if name not in self.projects:
            self.projects[name] = self.identity.create_project(name=name, domain_id="default")
        return self.projects[name]

    def user(self, name: str, password: str, **attributes: str) -> Any:
        if name in self.users:
            return self.identity.update_user(self.users[name], password=password, **attributes)
        self.users[name] = self.identity.create_user(
            name=name, domain_id="default", password=password, **attributes
        )
        return self.users[name]


def main() -> None:
    catalog = Catalog()
    for line in sys.stdin:
        catalog.make(line.rstrip("\n"))


if __name__ == "__main__":
    main()
