package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/karpenter/kwok/apis/v1alpha1"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/events"
	"sigs.k8s.io/karpenter/pkg/operator/options"
)

const (
	namespace = "default"
	nodeClass = "swapped"
)

// ask has one request decided, on a cluster that has nothing but what the request says.
func ask(ctx context.Context, question *Question, request *Request) (Answer, error) {
	if err := question.check(); err != nil {
		return Answer{}, err
	}
	ctx = options.ToContext(ctx, &options.Options{
		CPURequests: 1000, PreferencePolicy: options.PreferencePolicyRespect, MinValuesPolicy: options.MinValuesPolicyStrict,
		FeatureGates: options.FeatureGates{ReservedCapacity: true, SpotToSpotConsolidation: true},
	})
	objects, classes := objects(question)
	kube := fake.NewClientBuilder().WithObjects(objects...).
		// Karpenter's own index: what runs on a node.
		WithIndex(&corev1.Pod{}, "spec.nodeName", func(pod client.Object) []string { return []string{pod.(*corev1.Pod).Spec.NodeName} }).
		Build()
	cloud := &provider{CloudProvider: kwok.NewCloudProvider(ctx, kube, nil), question: question, request: request, classes: classes}
	cluster := state.NewCluster(clock.RealClock{}, kube, cloud)
	if err := use(ctx, cluster, request.Used); err != nil {
		return Answer{}, err
	}
	pods := request.pods()
	provisioner := provisioning.NewProvisioner(kube, events.NewRecorder(&record.FakeRecorder{}), cloud, cluster, clock.RealClock{})
	// The options with which Karpenter decides itself.
	scheduler, err := provisioner.NewScheduler(ctx, pods, cluster.DeepCopyNodes().Active(), scheduling.DisableReservedCapacityFallback,
		scheduling.NumConcurrentReconciles(1), scheduling.MinValuesPolicy(options.MinValuesPolicyStrict))
	if err != nil {
		return Answer{}, err
	}
	results, err := scheduler.Solve(ctx, pods)
	if err != nil {
		return Answer{}, err
	}
	return answer(request, pods, results.TruncateInstanceTypes(ctx, scheduling.MaxInstanceTypes)), nil
}

func objects(question *Question) ([]client.Object, map[string]string) {
	classes := map[string]string{}
	made := []client.Object{&v1alpha1.KWOKNodeClass{ObjectMeta: metav1.ObjectMeta{Name: nodeClass}}}
	for index := range question.NodePools {
		pool := question.NodePools[index].DeepCopy()
		reference := pool.Spec.Template.Spec.NodeClassRef
		classes[pool.Name] = reference.Name
		reference.Group, reference.Kind, reference.Name = "karpenter.kwok.sh", "KWOKNodeClass", nodeClass
		for _, condition := range []string{karpenter.ConditionTypeValidationSucceeded, karpenter.ConditionTypeNodeClassReady} {
			pool.StatusConditions().SetTrue(condition)
		}
		made = append(made, pool)
	}
	for index, daemon := range question.Daemons {
		labels := map[string]string{"daemon": fmt.Sprint(index)}
		made = append(made, &appsv1.DaemonSet{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("daemon-%d", index), Namespace: namespace},
			Spec: appsv1.DaemonSetSpec{
				Selector: &metav1.LabelSelector{MatchLabels: labels},
				Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: daemon},
			},
		})
	}
	return made, classes
}

// use gives a NodePool one node that has everything which is in use, and room for nothing.
func use(ctx context.Context, cluster *state.Cluster, used map[string]map[corev1.ResourceName]resource.Quantity) error {
	for pool, capacity := range used {
		node := &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{
				Name: "used-" + pool,
				Labels: map[string]string{
					karpenter.NodePoolLabelKey: pool, karpenter.NodeRegisteredLabelKey: "true", karpenter.NodeInitializedLabelKey: "true",
					corev1.LabelHostname: "used-" + pool,
				},
			},
			Spec:   corev1.NodeSpec{ProviderID: "kwok://used-" + pool, Taints: []corev1.Taint{{Key: "full", Effect: corev1.TaintEffectNoSchedule}}},
			Status: corev1.NodeStatus{Capacity: capacity, Allocatable: corev1.ResourceList{}},
		}
		if err := cluster.UpdateNode(ctx, node); err != nil {
			return err
		}
	}
	return nil
}

func (r *Request) pods() []*corev1.Pod {
	var made []*corev1.Pod
	for index := range max(r.Replicas, 1) {
		made = append(made, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: fmt.Sprintf("%s-%d", r.Name, index), Namespace: namespace, UID: types.UID(fmt.Sprintf("%s-%d", r.Name, index)), Labels: r.Labels,
			},
			Spec: *r.Pod.DeepCopy(),
		})
	}
	return made
}

func answer(request *Request, pods []*corev1.Pod, results scheduling.Results) Answer {
	made := Answer{Name: request.Name, Pools: map[string]int{}, Instances: map[string]string{}}
	for _, claim := range results.NewNodeClaims {
		pool := claim.Labels[karpenter.NodePoolLabelKey]
		made.Pools[pool] += len(claim.Pods)
		made.Instances[pool] = cloudprovider.InstanceTypes(claim.InstanceTypeOptions).OrderByPrice(claim.Requirements)[0].Name
	}
	// In the order of the pods: that of a map is another each time.
	for _, pod := range pods {
		if err, pending := results.PodErrors[pod]; pending {
			made.Pending++
			made.Reason = err.Error()
		}
	}
	return made
}
