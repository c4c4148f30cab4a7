"""Elastic Load Balancing: what load balancers hold in a network, which targets are taken, and how they are.

moto's load balancers are nowhere: nothing keeps their subnets and security groups from going. Its target groups take
every address and call it healthy, and its limits of the account are from years ago.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import moto.elbv2.urls
from moto.core.responses import ActionResult
from moto.elbv2.exceptions import TargetGroupNotFoundError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer
from moto.elbv2.models import FakeTargetGroup as MotoTargetGroup
from moto.elbv2.responses import ELBV2Response
from moto.wafv2.models import wafv2_backends

from .errors import AwsError
from .quotas import limit

#: Where addresses may be that are in no subnet of the VPC, for a target group of IPv4.
ELSEWHERE = [ip_network(n) for n in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")]

Target = dict[str, Any]


class TargetGroup(MotoTargetGroup):
    """A target group whose targets are pairs of identity and port; moto knows one port of each."""

    def register(self, targets: list[Target]) -> None:
        """Take targets in, each with where it is."""
        by_port: dict[tuple[str, int], Target] = self.targets
        for target in targets:
            port = int(target.get("Port") or self.port)
            by_port[target["Id"], port] = {**target, "Port": port, **self._place(target)}

    def deregister(self, targets: list[Target]) -> None:
        """Let targets go; one that is not there is no error. Without a port: all of its ports."""
        for target in targets:
            wanted = target.get("Port")
            for identity, port in list(self.targets):
                if identity == target["Id"] and wanted in (None, port, str(port)):
                    del self.targets[identity, port]

    def deregister_terminated_instances(self, instance_ids: list[str]) -> None:
        """Instances that end go at once."""
        self.deregister([{"Id": identity} for identity in instance_ids])

    def check(self, target: Target) -> None:
        """Refuse what ELB refuses of addresses."""
        if self.target_type != "ip":
            return
        identity, zone = target["Id"], target.get("AvailabilityZone")
        version = 6 if self.ip_address_type == "ipv6" else 4
        address = _address(identity)
        if address is None or address.version != version:
            raise AwsError("ValidationError", f"The IP address '{identity}' is not a valid IPv{version} address")
        is_within = self._subnet(address) is not None
        if is_within and zone == "all":
            message = "is within the VPC, and cannot have its Availability Zone overridden to 'all'"
            raise AwsError("ValidationError", f"The IP address '{identity}' {message}")
        if is_within:
            return
        if zone is None:
            message = f"The Availability Zone is required for IP address '{identity}' because it is not in the VPC"
            raise AwsError("ValidationError", message)
        if version == 6 or not any(address in network for network in ELSEWHERE):
            message = "is neither in the VPC nor in a private range that is taken for targets"
            raise AwsError("ValidationError", f"The IP address '{identity}' {message}")

    def health(self, target: Target, in_use: bool) -> dict[str, Any]:
        """What DescribeTargetHealth says of one target."""
        port = target.get("Port")
        known = [t for (i, p), t in self.targets.items() if i == target["Id"] and port in (None, p, str(p))]
        found = known[0] if known else {"Id": target["Id"], "Port": int(port or self.port)}
        shown = {key: found[key] for key in ("Id", "Port", "AvailabilityZone") if found.get(key)}
        if not known:
            why = ("unused", "Target.NotRegistered", "Target is not registered to the target group")
        elif not in_use:
            why = (
                "unused",
                "Target.NotInUse",
                "Target group is not configured to receive traffic from the load balancer",
            )
        else:
            why = ("healthy", None, None)
        is_traffic = self.health_check_port in (None, "traffic-port")
        checked = str(found["Port"] if is_traffic else self.health_check_port)
        state = {key: value for key, value in zip(("State", "Reason", "Description"), why, strict=True) if value}
        return {"Target": shown, "HealthCheckPort": checked, "TargetHealth": state}

    def _place(self, target: Target) -> dict[str, str]:
        """The zone: of an address that of its subnet, unless the caller has said another."""
        address = _address(target["Id"])
        subnet = self._subnet(address) if address is not None else None
        if target.get("AvailabilityZone"):
            return {"AvailabilityZone": target["AvailabilityZone"]}
        return {"AvailabilityZone": subnet.availability_zone} if subnet is not None else {}

    def _subnet(self, address: IPv4Address | IPv6Address) -> Any:
        """The subnet of the VPC that has the address: ELB compares with subnets, not with the ranges of the VPC."""
        for zones in self.ec2_backend.subnets.values():
            for subnet in zones.values():
                ranges = [subnet.cidr_block, *(a["ipv6CidrBlock"] for a in subnet.ipv6_cidr_block_association_set)]
                if subnet.vpc_id == self.vpc_id and any(address in ip_network(r) for r in ranges):
                    return subnet
        return None


class Elbv2Backend(ELBv2Backend):
    """Load balancers that are somewhere. Becomes moto's backend class when the extension is installed."""

    _url_module = moto.elbv2.urls

    def create_load_balancer(self, name: str, *args: Any, **more: Any) -> FakeLoadBalancer:
        """moto names all of them as application load balancers, lets names occur twice, and puts them nowhere."""
        if any(other.name == name for other in self.load_balancers.values()):
            message = f"A load balancer with the same name '{name}' exists, but with different settings"
            raise AwsError("DuplicateLoadBalancerName", message)
        made = super().create_load_balancer(name, *args, **more)
        if made.type == "network":
            del self.load_balancers[made.arn]
            tags = self.tagging_service.list_tags_for_resource(made.arn)["Tags"]
            self.tagging_service.delete_all_tags_for_resource(made.arn)
            made.arn = made.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
            self.load_balancers[made.arn] = made
            self.tagging_service.tag_resource(made.arn, tags)
        try:
            self._need_ipv6(made.subnets, made.ip_address_type)
        except AwsError:
            del self.load_balancers[made.arn]
            raise
        self._move(made)
        return made

    def delete_load_balancer(self, arn: str) -> None:
        """moto forgets protection, interfaces and what target groups are used by."""
        found = self.load_balancers.get(arn)
        if found is None:
            return
        if str(found.attrs.get("deletion_protection.enabled")).lower() == "true":
            message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            raise AwsError("OperationNotPermitted", message)
        super().delete_load_balancer(arn)
        for eni in interfaces_of(self.ec2_backend, found):
            del self.ec2_backend.enis[eni.id]
        wafv2_backends[self.account_id][self.region_name].forget(arn)
        self._relink()

    def set_subnets(self, arn: str, *args: Any, **more: Any) -> Any:
        """Its interfaces go along."""
        zones = super().set_subnets(arn, *args, **more)
        self._move(self.load_balancers[arn])
        return zones

    def set_security_groups(self, arn: str, sec_groups: list[str]) -> None:
        """Its interfaces carry them."""
        super().set_security_groups(arn, sec_groups)
        self._move(self.load_balancers[arn])

    def set_ip_address_type(self, arn: str, ip_type: str) -> None:
        """IPv6 needs subnets that have it."""
        if arn in self.load_balancers:
            self._need_ipv6(self.load_balancers[arn].subnets, ip_type)
        super().set_ip_address_type(arn, ip_type)

    def create_listener(self, *args: Any, **more: Any) -> Any:
        """Target groups know the load balancers that use them."""
        return self._linked(super().create_listener(*args, **more))

    def modify_listener(self, arn: str, port: Any = None, protocol: str | None = None, *args: Any, **more: Any) -> Any:
        """As for a new one. moto makes listeners of TLS and changes none: for their certificates that is HTTPS."""
        [before] = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])
        wanted = protocol or before.protocol
        listener = super().modify_listener(arn, port, "HTTPS" if wanted == "TLS" else protocol, *args, **more)
        listener.protocol = wanted
        return self._linked(listener)

    def delete_listener(self, listener_arn: str) -> Any:
        """As for a new one."""
        return self._linked(super().delete_listener(listener_arn))

    def create_rule(self, *args: Any, **more: Any) -> Any:
        """As for a new listener."""
        return self._linked(super().create_rule(*args, **more))

    def modify_rule(self, *args: Any, **more: Any) -> Any:
        """As for a new listener."""
        return self._linked(super().modify_rule(*args, **more))

    def delete_rule(self, arn: str) -> None:
        """As for a new listener."""
        self._linked(super().delete_rule(arn))

    def delete_target_group(self, target_group_arn: str) -> MotoTargetGroup:
        """Refused, in ELB's words, while something forwards to it."""
        if target_group_arn in self.target_groups and self._any_listener_using(target_group_arn):
            message = f"Target group '{target_group_arn}' is currently in use by a listener or a rule"
            raise AwsError("ResourceInUse", message)
        return super().delete_target_group(target_group_arn)

    def register_targets(self, target_group_arn: str, instances: list[Target]) -> None:
        """All of them, or none when one is refused."""
        group = self._target_group(target_group_arn)
        for target in instances:
            group.check(target)
        super().register_targets(target_group_arn, instances)

    def describe_target_health(self, target_group_arn: str, targets: list[Target]) -> list[dict[str, Any]]:
        """Healthy once something forwards to the group."""
        group = self._target_group(target_group_arn)
        in_use = self._any_listener_using(target_group_arn)
        return [group.health(target, in_use) for target in targets or list(group.targets.values())]

    def _target_group(self, arn: str) -> TargetGroup:
        found = self.target_groups.get(arn)
        if found is None:
            raise TargetGroupNotFoundError()
        return found

    def _need_ipv6(self, subnets: Iterable[Any], ip_type: str) -> None:
        if ip_type != "ipv4" and not all(s.ipv6_cidr_block_association_set for s in subnets):
            message = "You must specify subnets with an associated IPv6 CIDR block"
            raise AwsError("ValidationError", message)

    def _linked(self, result: Any) -> Any:
        self._relink()
        return result

    def _relink(self) -> None:
        """moto adds the load balancers of a target group, some of them, and removes none."""
        used: dict[str, list[str]] = {arn: [] for arn in self.target_groups}
        for balancer in self.load_balancers.values():
            for listener in balancer.listeners.values():
                for action in (a for rule in listener.rules.values() for a in rule.actions):
                    for arn in self._get_target_group_arns_from(action_data=action.data):
                        if balancer.arn not in used.setdefault(arn, []):
                            used[arn].append(balancer.arn)
        for arn, group in self.target_groups.items():
            group.load_balancer_arns = used[arn]

    def _move(self, balancer: FakeLoadBalancer) -> None:
        """An interface in each of its subnets, with its security groups."""
        kept = {eni.subnet.id: eni for eni in interfaces_of(self.ec2_backend, balancer)}
        for subnet in balancer.subnets:
            eni = kept.pop(subnet.id, None) or self._interface(balancer, subnet)
            found = (self.ec2_backend.get_security_group_from_id(group) for group in balancer.security_groups or [])
            eni._group_set = [group for group in found if group is not None]
        for eni in kept.values():
            del self.ec2_backend.enis[eni.id]

    def _interface(self, balancer: FakeLoadBalancer, subnet: Any) -> Any:
        eni = self.ec2_backend.create_network_interface(subnet, [], description=description(balancer))
        eni.requester_managed, eni.requester_id, eni.status = True, "amazon-elb", "in-use"
        if balancer.type == "network":
            eni.interface_type = "network_load_balancer"
        return eni


def description(balancer: FakeLoadBalancer) -> str:
    """By which the interfaces of a load balancer are known: `ELB app/name/id`."""
    return f"ELB {balancer.arn.split(':loadbalancer/')[1]}"


def interfaces_of(ec2: Any, balancer: FakeLoadBalancer) -> list[Any]:
    """The interfaces of a load balancer."""
    return [e for e in list(ec2.enis.values()) if e.requester_managed and e.description == description(balancer)]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


class Elbv2Response(ELBV2Response):
    """moto's load balancers with the limits that Service Quotas has too."""

    def describe_account_limits(self) -> ActionResult:
        """The limits by the names of this API."""
        limits = {
            "application-load-balancers": limit("elasticloadbalancing", "L-53DA6B97"),
            "network-load-balancers": limit("elasticloadbalancing", "L-69A177A2"),
            "target-groups": limit("elasticloadbalancing", "L-B22855CB"),
            "listeners-per-application-load-balancer": 50,
            "listeners-per-network-load-balancer": 50,
            "rules-per-application-load-balancer": 100,
            "targets-per-application-load-balancer": 1000,
            "targets-per-network-load-balancer": 3000,
            "certificates-per-application-load-balancer": 25,
        }
        return ActionResult({"Limits": [{"Name": name, "Max": str(most)} for name, most in limits.items()]})
