package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
)

// Question is what is read.
type Question struct {
	// NodePools as they are installed; their node class is swapped for kwok's.
	NodePools []karpenter.NodePool `json:"node_pools"`
	// Node class => reservations that it finds.
	Reservations  map[string][]Reservation `json:"reservations"`
	InstanceTypes []InstanceType           `json:"instance_types"`
	Zones         []string                 `json:"zones"`
	// What runs on every node.
	Daemons  []corev1.PodSpec `json:"daemons"`
	Requests []Request        `json:"requests"`
}

// Reservation is a capacity reservation, or a capacity block.
type Reservation struct {
	ID           string `json:"id"`
	Type         string `json:"type"`
	InstanceType string `json:"instance_type"`
	Zone         string `json:"zone"`
	Count        int    `json:"count"`
}

// InstanceType is what AWS says of one. Prices are those of an hour on demand.
type InstanceType struct {
	Name         string  `json:"name"`
	Architecture string  `json:"architecture"`
	CPU          int     `json:"cpu"`
	MemoryGiB    int     `json:"memory_gib"`
	GPU          int     `json:"gpu"`
	GPUName      string  `json:"gpu_name"`
	Price        float64 `json:"price"`
}

// Request is pods of one kind, in one circumstance.
type Request struct {
	Name     string            `json:"name"`
	Replicas int               `json:"replicas"`
	Pod      corev1.PodSpec    `json:"pod"`
	Labels   map[string]string `json:"labels"`
	// Offerings that AWS has not.
	SoldOut []SoldOut `json:"sold_out"`
	// Whether no reservation has an instance left.
	ReservedInUse bool `json:"reserved_in_use"`
	// NodePool => what its nodes have already.
	Used map[string]map[corev1.ResourceName]resource.Quantity `json:"used"`
}

// SoldOut are offerings; what is empty stands for all.
type SoldOut struct {
	CapacityType string `json:"capacity_type"`
	Family       string `json:"family"`
	Zone         string `json:"zone"`
}

// Answer is what is printed.
type Answer struct {
	Name string `json:"name"`
	// NodePool => how many of the pods land there.
	Pools map[string]int `json:"pools"`
	// NodePool => the cheapest instance type that its nodes may be.
	Instances map[string]string `json:"instances"`
	// How many pods land nowhere, and Karpenter's reason for one of them.
	Pending int    `json:"pending"`
	Reason  string `json:"reason,omitempty"`
}
