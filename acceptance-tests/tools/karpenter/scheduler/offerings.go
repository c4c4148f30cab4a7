package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/sets"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"
)

// The labels of Karpenter's provider for AWS that our NodePools may name.
const (
	category      = "karpenter.k8s.aws/instance-category"
	family        = "karpenter.k8s.aws/instance-family"
	generation    = "karpenter.k8s.aws/instance-generation"
	hypervisor    = "karpenter.k8s.aws/instance-hypervisor"
	instanceCPU   = "karpenter.k8s.aws/instance-cpu"
	instanceSize  = "karpenter.k8s.aws/instance-size"
	gpuName       = "karpenter.k8s.aws/instance-gpu-name"
	gpuCount      = "karpenter.k8s.aws/instance-gpu-count"
	reservationID = "karpenter.k8s.aws/capacity-reservation-id"
	reservation   = "karpenter.k8s.aws/capacity-reservation-type"
)

// What a spot instance costs here, as a part of the price on demand. Only the order of prices matters.
const spotPrice = 0.4

func init() {
	karpenter.WellKnownLabels = karpenter.WellKnownLabels.Insert(
		category, family, generation, hypervisor, instanceCPU, instanceSize, gpuName, gpuCount, reservationID, reservation,
	)
	cloudprovider.ReservationIDLabel = reservationID
	cloudprovider.ReservedCapacityLabels.Insert(reservationID, reservation)
}

// provider is kwok's, whose instance types depend on the node class, as those of AWS do: reservations belong to one.
type provider struct {
	*kwok.CloudProvider
	question *Question
	request  *Request
	// NodePool => its node class of AWS.
	classes map[string]string
}

func (p *provider) GetInstanceTypes(_ context.Context, pool *karpenter.NodePool) ([]*cloudprovider.InstanceType, error) {
	found := make([]*cloudprovider.InstanceType, 0, len(p.question.InstanceTypes))
	for _, each := range p.question.InstanceTypes {
		found = append(found, p.instanceType(&each, p.question.Reservations[p.classes[pool.Name]]))
	}
	return found, nil
}

func (p *provider) instanceType(from *InstanceType, reservations []Reservation) *cloudprovider.InstanceType {
	familyName, size, _ := strings.Cut(from.Name, ".")
	digit := strings.IndexAny(familyName, "0123456789")
	reqs := scheduling.NewRequirements(
		in(corev1.LabelInstanceTypeStable, from.Name),
		in(corev1.LabelArchStable, from.Architecture),
		in(corev1.LabelOSStable, string(corev1.Linux)),
		in(corev1.LabelTopologyZone, p.question.Zones...),
		in(karpenter.CapacityTypeLabelKey, karpenter.CapacityTypeSpot, karpenter.CapacityTypeOnDemand),
		in(category, strings.TrimRight(familyName[:digit], "0123456789")),
		in(family, familyName),
		in(generation, familyName[digit:digit+1]),
		in(instanceSize, size),
		in(instanceCPU, strconv.Itoa(from.CPU)),
		optional(hypervisor, "nitro", !strings.HasPrefix(size, "metal")),
		optional(gpuName, from.GPUName, from.GPU > 0),
		optional(gpuCount, strconv.Itoa(from.GPU), from.GPU > 0),
		scheduling.NewRequirement(reservationID, corev1.NodeSelectorOpDoesNotExist),
		scheduling.NewRequirement(reservation, corev1.NodeSelectorOpDoesNotExist),
	)
	made := &cloudprovider.InstanceType{
		Name:         from.Name,
		Requirements: reqs,
		Offerings:    p.offerings(from, familyName),
		Capacity: corev1.ResourceList{
			corev1.ResourceCPU: *resource.NewQuantity(int64(from.CPU), resource.DecimalSI),
			// What the hypervisor keeps, as Karpenter assumes it.
			corev1.ResourceMemory:           *resource.NewQuantity(int64(from.MemoryGiB)<<30*925/1000, resource.BinarySI),
			corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
			corev1.ResourcePods:             resource.MustParse("110"),
		},
		Overhead: &cloudprovider.InstanceTypeOverhead{
			KubeReserved:      corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("1465Mi")},
			EvictionThreshold: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("100Mi")},
		},
	}
	if from.GPU > 0 {
		made.Capacity["nvidia.com/gpu"] = *resource.NewQuantity(int64(from.GPU), resource.DecimalSI)
	}
	for _, each := range reservations {
		if each.InstanceType == from.Name {
			if p.request.ReservedInUse {
				each.Count = 0
			}
			made.Offerings = append(made.Offerings, reserved(&each, from.Price))
			for key, value := range map[string]string{reservationID: each.ID, reservation: each.Type} {
				values := sets.New(value)
				if requirement := reqs.Get(key); requirement.Operator() == corev1.NodeSelectorOpIn {
					values.Insert(requirement.Values()...)
				}
				reqs[key] = in(key, values.UnsortedList()...)
			}
			reqs[karpenter.CapacityTypeLabelKey] = in(karpenter.CapacityTypeLabelKey, karpenter.CapacityTypeReserved, karpenter.CapacityTypeSpot, karpenter.CapacityTypeOnDemand)
		}
	}
	return made
}

func (p *provider) offerings(from *InstanceType, familyName string) cloudprovider.Offerings {
	var made cloudprovider.Offerings
	for index, zone := range p.question.Zones {
		for capacityType, price := range map[string]float64{karpenter.CapacityTypeSpot: from.Price * spotPrice, karpenter.CapacityTypeOnDemand: from.Price} {
			made = append(made, &cloudprovider.Offering{
				Requirements: scheduling.NewRequirements(
					in(karpenter.CapacityTypeLabelKey, capacityType),
					in(corev1.LabelTopologyZone, zone),
					scheduling.NewRequirement(reservationID, corev1.NodeSelectorOpDoesNotExist),
					scheduling.NewRequirement(reservation, corev1.NodeSelectorOpDoesNotExist),
				),
				// No two zones have one price, so that answers stay the same.
				Price:     price * (1 + float64(index)/1000),
				Available: !p.request.soldOut(capacityType, familyName, zone),
			})
		}
	}
	return made
}

// Karpenter's provider for AWS gives what is paid for already a price of almost nothing.
func reserved(from *Reservation, price float64) *cloudprovider.Offering {
	return &cloudprovider.Offering{
		Requirements: scheduling.NewRequirements(
			in(karpenter.CapacityTypeLabelKey, karpenter.CapacityTypeReserved),
			in(corev1.LabelTopologyZone, from.Zone),
			in(reservationID, from.ID),
			in(reservation, from.Type),
		),
		Price:               price / 10_000_000,
		Available:           from.Count > 0,
		ReservationCapacity: from.Count,
	}
}

func (r *Request) soldOut(capacityType, familyName, zone string) bool {
	matches := func(wanted, is string) bool { return wanted == "" || wanted == is }
	for _, each := range r.SoldOut {
		if matches(each.CapacityType, capacityType) && matches(each.Family, familyName) && matches(each.Zone, zone) {
			return true
		}
	}
	return false
}

func in(key string, values ...string) *scheduling.Requirement {
	return scheduling.NewRequirement(key, corev1.NodeSelectorOpIn, values...)
}

func optional(key, value string, there bool) *scheduling.Requirement {
	if there {
		return in(key, value)
	}
	return scheduling.NewRequirement(key, corev1.NodeSelectorOpDoesNotExist)
}

func (q *Question) check() error {
	for _, each := range q.InstanceTypes {
		name, _, sized := strings.Cut(each.Name, ".")
		if !sized || strings.IndexAny(name, "0123456789") < 1 {
			return fmt.Errorf("%q is no instance type", each.Name)
		}
	}
	return nil
}
