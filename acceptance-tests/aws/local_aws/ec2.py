"""EC2 where moto is too forgiving or answers what nobody asked for.

moto removes whatever it is told to. Real EC2 answers `DependencyViolation` while something uses the object, and an
apply or destroy in the wrong order shows exactly there. The provider repeats such a request until its own timeout.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import moto.ec2.urls
from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_network_interfaces import NetworkInterface as MotoNetworkInterface
from moto.ec2.models.launch_templates import LaunchTemplate as MotoLaunchTemplate
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.security_groups import SecurityGroupRule as MotoSecurityGroupRule
from moto.ec2.models.subnets import Subnet as MotoSubnet
from moto.ec2.models.vpcs import VPC, VPCEndPoint
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends
from moto.ssm.models import ssm_backends

from .capacity import CapacityResponse
from .eks import eks_backends
from .errors import AwsError
from .network import (
    Deliveries,
    EndpointPolicies,
    Exclusions,
    ExclusionsResponse,
    NatAddresses,
    NatResponse,
    Ranges,
)


def _hold(users: Iterable[str], message: str) -> None:
    """Refuse to remove what has users, in EC2's words, which do not name them; the log of this server does."""
    found = ", ".join(users)
    if found:
        print(f"DependencyViolation: {message} Used by {found}", file=sys.stderr, flush=True)
        raise AwsError("DependencyViolation", message)


class SecurityGroupRule(MotoSecurityGroupRule):
    """A rule that keeps its description whatever it refers to; moto's keeps it for address ranges only."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        prefix_list = more.get("prefix_list_id") or (args[7] if len(args) > 7 else None) or {}
        described = (self.ip_range, self.source_group, prefix_list)
        self._description = next((d["Description"] for d in described if d.get("Description")), None)

    @property
    def description(self) -> str | None:
        """What the rule is for."""
        return self.ip_range.get("Description") or self.source_group.get("Description") or self._description

    def change(self, wanted: dict[str, Any]) -> None:
        """Take the protocol, ports, peer and description of `ModifySecurityGroupRules`."""
        self.ip_protocol = wanted["IpProtocol"]
        self.from_port = self.to_port = None
        if self.ip_protocol != "-1":
            self.from_port, self.to_port = wanted["FromPort"], wanted["ToPort"]
        self._description = wanted.get("Description")
        self.ip_range = {k: wanted[v] for k, v in (("CidrIp", "CidrIpv4"), ("CidrIpv6", "CidrIpv6")) if wanted.get(v)}
        group = wanted.get("ReferencedGroupId")
        self.source_group = {"GroupId": group, "UserId": self.ec2_backend.account_id} if group else {}
        self.prefix_list_id = wanted.get("PrefixListId")


class LaunchTemplate(MotoLaunchTemplate):
    """A launch template whose tags can change; moto answers those it was created with."""

    @property
    def tags(self) -> list[dict[str, str]]:
        """The tags of now."""
        return self.get_tags()

    @tags.setter
    def tags(self, _: list[dict[str, str]]) -> None:
        """Moto sets the tags it just wrote."""


class Subnet(MotoSubnet):
    """A subnet with the filters that moto lacks."""

    @property
    def ipv6_cidr_block_association_set(self) -> list[dict[str, Any]]:
        """IPv6 ranges. moto puts the state into a structure once too often."""
        return [
            {**a, "ipv6CidrBlockState": {"state": a["ipv6CidrBlockState"]["State"]}}
            for a in self.ipv6_cidr_block_associations.values()
            if a["ipv6CidrBlockState"]["State"] == "associated"
        ]

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        """What a filter of DescribeSubnets compares with."""
        if filter_name == "availability-zone-id":
            return self.availability_zone_id
        if filter_name == "map-public-ip-on-launch":
            return str(self.map_public_ip_on_launch).lower()
        if filter_name == "ipv6-cidr-block-association.association-id":
            return list(self.ipv6_cidr_block_associations)
        return super().get_filter_value(filter_name, method_name)


class NetworkInterface(MotoNetworkInterface):
    """An interface with the filters that moto lacks, which says nothing of a public address that it does not have."""

    @property
    def association(self) -> dict[str, Any] | None:
        """The public address; moto answers an empty one."""
        return super().association or None

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        """What a filter of DescribeNetworkInterfaces compares with."""
        if filter_name == "requester-managed":
            return str(self.requester_managed).lower()
        return super().get_filter_value(filter_name, method_name)

    def delete(self) -> None:
        """With its instance, whatever its state is."""
        self.status = "available"
        super().delete()


class Ec2Backend(NatAddresses, Ranges, EndpointPolicies, Deliveries, Exclusions, EC2Backend):
    """State of EC2 with the checks of the real one. Becomes moto's backend class when the extension is installed."""

    # moto derives the module with the routes from the name of the module that defines the class.
    _url_module = moto.ec2.urls

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        #: Placement groups by name, reservations and blocks by identifier, and what was offered of blocks.
        self.placement_groups: dict[str, dict[str, Any]] = {}
        self.capacity_reservations: dict[str, dict[str, Any]] = {}
        self.capacity_offers: dict[str, dict[str, Any]] = {}

    def describe_images(self, ami_ids: Iterable[str] = (), *args: Any, **more: Any) -> list[Ami]:
        """The images; those of Amazon Linux that Systems Manager names are there once somebody asks for one by its ID."""
        for image_id in set(ami_ids or ()) - self.amis.keys():
            architecture = self._amazon_linux().get(image_id)
            if architecture:
                self.amis[image_id] = Ami(
                    self,
                    image_id,
                    name=f"al2023-ami-kernel-default-{architecture}",
                    owner_alias="amazon",
                    public=True,
                    virtualization_type="hvm",
                    architecture=architecture,
                    hypervisor="xen",
                    root_device_type="ebs",
                    root_device_name="/dev/xvda",
                    region_name=f"{self.region_name}a",
                )
        return super().describe_images(ami_ids, *args, **more)

    def run_instances(self, *args: Any, **more: Any) -> Any:
        """A new interface that the request spells out is the instance's own: moto takes its groups and its public address for others."""
        nics = more.get("nics") or []
        if len(nics) == 1 and not nics[0].get("NetworkInterfaceId"):
            nic = nics[0]
            more["nics"] = []
            more["subnet_id"] = nic.get("SubnetId") or more.get("subnet_id")
            more["security_group_ids"] = nic.get("Groups") or more.get("security_group_ids")
            more["associate_public_ip"] = nic.get("AssociatePublicIpAddress")
        return super().run_instances(*args, **more)

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """With launch templates, which moto leaves out of the index of tags."""
        yield from super().iter_tagged_resources()
        for template in self.launch_templates.values():
            arn = f"arn:{self.partition}:ec2:{self.region_name}:{self.account_id}:launch-template/{template.id}"
            tags = dict(self.tags.get(template.id, {}))
            yield TaggedResource(arn=arn, tags=tags, resource_type="ec2:launch-template")

    def _amazon_linux(self) -> dict[str, str]:
        """The newest images of Amazon Linux 2023 with their architectures, as public parameters name them."""
        ssm = ssm_backends[self.account_id][self.region_name]
        name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
        found = {architecture: ssm.get_parameter(name + architecture) for architecture in ("arm64", "x86_64")}
        return {parameter.value: architecture for architecture, parameter in found.items() if parameter}

    def create_subnet(self, vpc_id: str, *args: Any, **more: Any) -> MotoSubnet:
        """moto takes the first subnet of a zone for the default one, which hands out public addresses."""
        subnet = super().create_subnet(vpc_id, *args, **more)
        if not self.get_vpc(vpc_id).is_default:
            subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    def create_network_interface(self, subnet: Any, *args: Any, **more: Any) -> MotoNetworkInterface:
        """What is made at the launch of an instance goes with it, where moto keeps it.

        That somebody wants it kept (`DeleteOnTermination`) is not modelled.
        """
        if "device_index" in more:
            more["delete_on_termination"] = True
        return super().create_network_interface(subnet, *args, **more)

    def delete_network_interface(self, eni_id: str) -> None:
        """Refused while somebody has it: an instance, or a service of AWS."""
        eni = self.enis.get(eni_id)
        if eni is not None and eni.status == "in-use":
            raise AwsError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
        super().delete_network_interface(eni_id)

    def terminate_instances(self, instance_ids: list[str]) -> Any:
        """moto leaves what was attached later as if it still were."""
        ended = super().terminate_instances(instance_ids)
        for instance, _ in ended:
            for eni in instance.nics.values():
                if eni.id in self.enis:
                    eni.instance = eni.attachment_id = eni.attach_time = None
                    eni.status = "available"
        return ended

    def create_nat_gateway(self, subnet_id: str, *args: Any, **more: Any) -> NatGateway:
        """A public NAT gateway needs an internet gateway in its VPC."""
        vpc_id = self.get_subnet(subnet_id).vpc_id
        kind = more.get("connectivity_type") or "public"
        attached = {g.vpc.id for g in self.internet_gateways.values() if g.vpc}
        if kind == "public" and vpc_id not in attached:
            raise AwsError("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")
        return super().create_nat_gateway(subnet_id, *args, **more)

    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        """moto leaves the interface behind."""
        gateway = super().delete_nat_gateway(nat_gateway_id)
        self.enis.pop(gateway._eni.id, None)
        return gateway

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        """Refused while public addresses are mapped in the VPC."""
        mapped: list[Any] = [a for a in self.addresses if a.eni is not None and a.eni.subnet.vpc_id == vpc_id]
        balancers = elbv2_backends[self.account_id][self.region_name].load_balancers.values()
        # Without a scheme, as the provider asks for it, one is on the internet.
        mapped += [b for b in balancers if b.vpc_id == vpc_id and b.scheme != "internal"]
        if mapped:
            text = "Please unmap those public address(es) before detaching the gateway."
            raise AwsError("DependencyViolation", f"Network {vpc_id} has some mapped public address(es). {text}")
        super().detach_internet_gateway(internet_gateway_id, vpc_id)

    def create_vpc_endpoint(self, vpc_id: str, service_name: str, *args: Any, **more: Any) -> VPCEndPoint:
        """The service must exist in the region; private DNS needs both DNS attributes of the VPC."""
        services = self._collect_default_endpoint_services(self.account_id, self.region_name)
        if service_name not in (s["ServiceName"] for s in services):
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
        vpc = self.get_vpc(vpc_id)
        interface = (more.get("endpoint_type") or "").lower() == "interface"
        dns = str(vpc.enable_dns_support).lower() == str(vpc.enable_dns_hostnames).lower() == "true"
        if interface and more.get("private_dns_enabled") and not dns:
            raise AwsError(
                "InvalidParameter",
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
                f"for {vpc_id}",
            )
        return super().create_vpc_endpoint(vpc_id, service_name, *args, **more)

    def modify_vpc_endpoint(self, vpc_id: str, **changes: Any) -> None:
        """moto notes the route tables of a gateway endpoint but neither adds nor removes their routes."""
        super().modify_vpc_endpoint(vpc_id=vpc_id, **changes)
        endpoint = self.vpc_end_points[vpc_id]
        prefix_list = endpoint.destination_prefix_list_id
        if prefix_list is None:
            return
        for table in changes.get("add_route_tables") or []:
            self.create_route(table, None, gateway_id=vpc_id, destination_prefix_list_id=prefix_list)
        for table in changes.get("remove_route_tables") or []:
            self.delete_route(table, prefix_list)

    def modify_security_group_rules(self, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        """moto demands ports for every protocol and changes rules with an IPv4 range only."""
        group = self.get_security_group_by_name_or_id(group_id)
        known = {} if group is None else {r.id: r for r in [*group.ingress_rules, *group.egress_rules]}
        for rule_id, wanted in rules.items():
            if rule_id not in known:
                raise AwsError(
                    "InvalidSecurityGroupRuleId.NotFound", f"The security group rule {rule_id} does not exist"
                )
            known[rule_id].change(wanted)

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        """Refused while an interface carries the group or a rule of another group refers to it."""
        group = self.get_security_group_by_name_or_id(group_id or name or "")
        if group is not None:
            _hold(self._users_of_group(group.id), f"resource {group.id} has a dependent object")
        super().delete_security_group(name, group_id)

    def delete_subnet(self, subnet_id: str) -> MotoSubnet:
        """Refused while interfaces are in the subnet."""
        _hold(self._users_of_subnet(subnet_id), f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
        return super().delete_subnet(subnet_id)

    def delete_vpc(self, vpc_id: str) -> VPC:
        """moto asks for subnets and route tables only."""
        users = [g.id for g in self.internet_gateways.values() if g.vpc and g.vpc.id == vpc_id]
        users += [e.id for e in self.vpc_end_points.values() if e.vpc_id == vpc_id and e.state != "deleted"]
        users += [g.id for g in self.groups.get(vpc_id, {}).values() if not g.is_default]
        users += [a.id for a in self.network_acls.values() if a.vpc_id == vpc_id and not a.default]
        _hold(users, f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        return super().delete_vpc(vpc_id)

    def _users_of_group(self, group_id: str) -> Iterable[str]:
        for eni in self.enis.values():
            if any(group.id == group_id for group in eni.group_set):
                yield eni.id
        for endpoint in self.vpc_end_points.values():
            if endpoint.state != "deleted" and group_id in endpoint.security_group_ids:
                yield endpoint.id
        for vpc in self.groups.values():
            for other in vpc.values():
                rules = [*other.ingress_rules, *other.egress_rules]
                if other.id != group_id and any(r.source_group.get("GroupId") == group_id for r in rules):
                    yield other.id
        for database in rds_backends[self.account_id][self.region_name].databases.values():
            if group_id in database.vpc_security_group_ids:
                yield f"DB instance {database.db_instance_identifier}"
        for name, cluster in eks_backends[self.account_id][self.region_name].clusters.items():
            config = cluster.description["resourcesVpcConfig"]
            if group_id in [config["clusterSecurityGroupId"], *config["securityGroupIds"]]:
                yield f"EKS cluster {name}"

    def _users_of_subnet(self, subnet_id: str) -> Iterable[str]:
        for eni in self.enis.values():
            if eni.subnet.id == subnet_id:
                yield eni.id
        for database in rds_backends[self.account_id][self.region_name].databases.values():
            group = getattr(database, "db_subnet_group", None)
            if group and subnet_id in (s.id for s in group._subnets):
                yield f"DB instance {database.db_instance_identifier}"
        for name, cluster in eks_backends[self.account_id][self.region_name].clusters.items():
            if subnet_id in cluster.description["resourcesVpcConfig"]["subnetIds"]:
                yield f"EKS cluster {name}"
            for group_name, nodegroup in cluster.nodegroups.items():
                if subnet_id in nodegroup["subnets"]:
                    yield f"EKS node group {name}/{group_name}"


class Ec2Response(NatResponse, ExclusionsResponse, CapacityResponse):
    """Requests whose answer moto gets wrong."""

    def search_transit_gateway_routes(self) -> ActionResult:
        """moto knows the routes that somebody wrote, wrongly told, and none of those that VPCs tell of themselves."""
        filters = self._filters_from_querystring()
        name = self._get_param("TransitGatewayRouteTableId")
        table = self.ec2_backend.transit_gateways_route_tables.get(name)
        if table is None:
            message = f"Transit Gateway Route Table {name} was deleted or does not exist."
            raise AwsError("InvalidRouteTableID.NotFound", message)
        routes = [self._transit_route(r) for r in table.routes.values()] + list(self._propagated(table))
        known = {"type": "Type", "state": "State", "route-search.exact-match": "DestinationCidrBlock"}
        unknown = filters.keys() - known.keys()
        if unknown:
            raise NotImplementedError(f"filter `{unknown.pop()}`")
        found = [r for r in routes if all(r[known[name]] in values for name, values in filters.items())]
        return ActionResult({"Routes": found, "AdditionalRoutesAvailable": False})

    def _transit_route(self, route: dict[str, Any]) -> dict[str, Any]:
        attachment = route.get("transitGatewayAttachments") or {}
        members = {
            "ResourceId": attachment.get("resourceId"),
            "ResourceType": attachment.get("resourceType"),
            "TransitGatewayAttachmentId": attachment.get("transitGatewayAttachmentId"),
        }
        return {
            "DestinationCidrBlock": route["destinationCidrBlock"],
            "State": route["state"],
            "Type": route["type"],
            "TransitGatewayAttachments": [members] if attachment else [],
        }

    def _propagated(self, table: Any) -> Iterable[dict[str, Any]]:
        """The ranges of the VPCs that propagate their routes into a table."""
        told = {propagation.transit_gateway_attachment_id for propagation in table.route_table_propagation}
        gateway = self.ec2_backend.transit_gateways.get(table.transit_gateway_id)
        by_itself = gateway is not None and gateway.options.get("PropagationDefaultRouteTableId") == table.id
        for attachment in self.ec2_backend.transit_gateway_attachments.values():
            is_told = attachment.id in told or (by_itself and attachment.transit_gateway_id == table.transit_gateway_id)
            if attachment.resource_type != "vpc" or not is_told:
                continue
            vpc = self.ec2_backend.vpcs.get(attachment.resource_id)
            for range_ in vpc.get_cidr_block_association_set() if vpc else []:
                yield {
                    "DestinationCidrBlock": range_["cidr_block"],
                    "State": "active",
                    "Type": "propagated",
                    "TransitGatewayAttachments": [
                        {
                            "ResourceId": attachment.resource_id,
                            "ResourceType": "vpc",
                            "TransitGatewayAttachmentId": attachment.id,
                        }
                    ],
                }

    def monitor_instances(self) -> ActionResult:
        """Detailed metrics, which moto does not switch."""
        return self._monitor("enabled")

    def unmonitor_instances(self) -> ActionResult:
        """The same, off."""
        return self._monitor("disabled")

    def _monitor(self, state: str) -> ActionResult:
        instances = [self.ec2_backend.get_instance(i) for i in self._get_param("InstanceIds", [])]
        for instance in instances:
            instance.monitoring_state = state
        found = [{"InstanceId": i.id, "Monitoring": {"State": state}} for i in instances]
        return ActionResult({"InstanceMonitorings": found})

    def modify_vpc_endpoint(self) -> ActionResult:
        """moto knows no way back to the policy that every endpoint begins with."""
        result = super().modify_vpc_endpoint()
        if self._get_param("ResetPolicy"):
            self.ec2_backend.reset_endpoint_policy(self._get_param("VpcEndpointId"))
        return result

    def create_flow_logs(self) -> ActionResult:
        """moto forgets the file format and partitioning of logs in S3."""
        result = super().create_flow_logs()
        options = self._get_param("DestinationOptions")
        for identifier in result.result["FlowLogIds"]:
            self.ec2_backend.flow_logs[identifier].destination_options = options
        return result

    def create_launch_template(self) -> ActionResult:
        """moto puts the tags of the template itself into the data of its first version: a difference in every plan."""
        result = super().create_launch_template()
        template = self.ec2_backend.get_launch_template(result.result["LaunchTemplate"]["LaunchTemplateId"])
        data = template.versions[0].data
        kept = [s for s in data.get("TagSpecifications", []) if s["ResourceType"] != "launch-template"]
        if kept:
            data["TagSpecifications"] = kept
        else:
            data.pop("TagSpecifications", None)
        return result
