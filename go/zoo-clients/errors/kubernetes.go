package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

var deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}

// api answers each request; the client is client-go's.
func api(handler http.HandlerFunc, change func(*rest.Config)) (dynamic.ResourceInterface, func()) {
	server := httptest.NewServer(handler)
	config := &rest.Config{Host: server.URL}
	if change != nil {
		change(config)
	}
	client, err := dynamic.NewForConfig(config)
	must(err)
	return client.Resource(deployments).Namespace("shop"), server.Close
}

// statusOf is what client-go says when the API server answers with this status, which apimachinery makes there, too.
func statusOf(e *apierrors.StatusError) string {
	client, stop := api(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		s := e.Status()
		s.Kind, s.APIVersion = "Status", "v1"
		w.WriteHeader(int(s.Code))
		_ = json.NewEncoder(w).Encode(s)
	}, nil)
	defer stop()
	_, err := client.Get(context.Background(), "orders", metav1.GetOptions{})
	return said(err)
}

// plain is what client-go makes of an answer that holds no status.
func plain(code int, body string) string {
	client, stop := api(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); _, _ = w.Write([]byte(body)) }, nil)
	defer stop()
	_, err := client.Get(context.Background(), "orders", metav1.GetOptions{})
	return said(err)
}

func init() {
	group := deployments.GroupResource()
	provoke("client-go/not-found", func() string { return statusOf(apierrors.NewNotFound(group, "orders")) })
	provoke("client-go/already-exists", func() string { return statusOf(apierrors.NewAlreadyExists(group, "orders")) })
	provoke("client-go/conflict", func() string {
		return statusOf(apierrors.NewConflict(group, "orders", errors.New("the object has been modified; please apply your changes to the latest version and try again")))
	})
	provoke("client-go/forbidden", func() string {
		return statusOf(apierrors.NewForbidden(group, "orders", errors.New(`User "system:serviceaccount:shop:orders" cannot get resource "deployments" in API group "apps" in the namespace "shop"`)))
	})
	provoke("client-go/invalid", func() string {
		return statusOf(apierrors.NewInvalid(schema.GroupKind{Group: "apps", Kind: "Deployment"}, "orders", field.ErrorList{field.Required(field.NewPath("spec", "selector"), "")}))
	})
	provoke("client-go/unauthorized", func() string { return plain(401, "Unauthorized") })
	provoke("client-go/unauthorized+status", func() string {
		return statusOf(apierrors.NewGenericServerResponse(401, "get", group, "orders", "Unauthorized", 0, true))
	})
	provoke("client-go/could-not-find-resource", func() string { return plain(404, "404 page not found") })
	provoke("client-go/too-old-resource-version", func() string { return statusOf(apierrors.NewResourceExpired("too old resource version: 1203 (45810)")) })
	provoke("client-go/too-many-requests", func() string { return plain(429, "slow down") })
	provoke("client-go/currently-unable-to-handle", func() string { return plain(503, "") })
	provoke("client-go/response-in-time-allotted", func() string { return plain(504, "") })
	provoke("client-go/internal-error", func() string {
		return statusOf(apierrors.NewInternalError(errors.New("etcdserver: request timed out")))
	})
	provoke("client-go/rate-limiter-would-exceed-deadline", func() string {
		client, stop := api(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, func(c *rest.Config) { c.QPS, c.Burst = 0.01, 1 })
		defer stop()
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		_, _ = client.Get(ctx, "orders", metav1.GetOptions{})
		_, err := client.Get(ctx, "orders", metav1.GetOptions{})
		return said(err)
	})
	provoke("client-go/client-side-throttling", func() string {
		var b bytes.Buffer
		klog.LogToStderr(false)
		klog.SetOutput(&b)
		client, stop := api(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, func(c *rest.Config) { c.QPS, c.Burst = 0.6, 1 })
		defer stop()
		for range 3 {
			_, _ = client.Get(context.Background(), "orders", metav1.GetOptions{})
		}
		klog.Flush()
		_, text, _ := strings.Cut(strings.SplitN(b.String(), "\n", 2)[0], "] ")
		return text
	})
	provoke("client-go/in-cluster-configuration", func() string { _, err := rest.InClusterConfig(); return said(err) })
	provoke("client-go/no-matches-for-kind", func() string {
		return said(&meta.NoKindMatchError{GroupKind: schema.GroupKind{Group: "monitoring.coreos.com", Kind: "ServiceMonitor"}, SearchedVersions: []string{"v1"}})
	})
	provoke("client-go/timed-out-waiting-for-condition", func() string {
		//lint:ignore SA1019 many controllers still poll like this
		return said(wait.PollImmediate(time.Millisecond, 5*time.Millisecond, func() (bool, error) { return false, nil }))
	})
}
