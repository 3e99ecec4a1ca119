"""The objects and series that an engineer on call would look at first."""

STEP = 5
KINDS = ("pods events deployments replicasets statefulsets daemonsets jobs cronjobs services endpointslices configmaps "
         "resourcequotas limitranges horizontalpodautoscalers persistentvolumeclaims ingresses networkpolicies").split()
KNOWN = ("go_", "process_", "http_", "promhttp_", "scrape_", "ALERTS")  # asked for by name below, or noise


def queries(ns):
    s = f'namespace="{ns}"'
    c = f'{s},container!=""'
    return {
        # kube-state-metrics
        "restarts": f"kube_pod_container_status_restarts_total{{{s}}}",
        "last_terminated_reason": f"kube_pod_container_status_last_terminated_reason{{{s}}}",
        "last_terminated_exitcode": f"kube_pod_container_status_last_terminated_exitcode{{{s}}}",
        "waiting_reason": f"kube_pod_container_status_waiting_reason{{{s}}}",
        "pod_ready": f'kube_pod_status_ready{{{s},condition="true"}}',
        "pod_phase": f"kube_pod_status_phase{{{s}}} == 1",
        "pod_unschedulable": f"kube_pod_status_unschedulable{{{s}}}",
        "pod_created": f"kube_pod_created{{{s}}}",
        "memory_limit": f'kube_pod_container_resource_limits{{{s},resource="memory"}}',
        "cpu_limit": f'kube_pod_container_resource_limits{{{s},resource="cpu"}}',
        "deployment_available": f"kube_deployment_status_replicas_available{{{s}}}",
        "deployment_desired": f"kube_deployment_spec_replicas{{{s}}}",
        "deployment_observed_generation": f"kube_deployment_status_observed_generation{{{s}}}",
        "replicaset_replicas": f"kube_replicaset_spec_replicas{{{s}}}",
        "job_failed": f"kube_job_status_failed{{{s}}}",
        "quota": f"kube_resourcequota{{{s}}}",
        "node_ready": 'kube_node_status_condition{condition="Ready",status="true"}',
        # cadvisor
        "memory_working_set": f"container_memory_working_set_bytes{{{c}}}",
        "memory_rss": f"container_memory_rss{{{c}}}",
        "oom_events": f"container_oom_events_total{{{c}}}",
        "cpu_usage": f"sum by (pod,container) (rate(container_cpu_usage_seconds_total{{{c}}}[30s]))",
        "cpu_throttled_ratio": f"sum by (pod,container) (increase(container_cpu_cfs_throttled_periods_total{{{c}}}[30s])) / sum by (pod,container) (increase(container_cpu_cfs_periods_total{{{c}}}[30s]))",
        "network_receive": f"sum by (pod) (rate(container_network_receive_bytes_total{{{s}}}[30s]))",
        "network_transmit": f"sum by (pod) (rate(container_network_transmit_bytes_total{{{s}}}[30s]))",
        # Go runtime and process
        "build_info": f"go_build_info{{{s}}}",
        "heap_inuse": f"go_memstats_heap_inuse_bytes{{{s}}}",
        "heap_alloc": f"go_memstats_heap_alloc_bytes{{{s}}}",
        "goroutines": f"go_goroutines{{{s}}}",
        "gc_rate": f"rate(go_gc_duration_seconds_count{{{s}}}[30s])",
        "process_resident_memory": f"process_resident_memory_bytes{{{s}}}",
        "process_open_fds": f"process_open_fds{{{s}}}",
        "process_start_time": f"process_start_time_seconds{{{s}}}",
        "process_cpu": f"rate(process_cpu_seconds_total{{{s}}}[30s])",
        # services
        "requests_total": f"http_requests_total{{{s}}}",
        "requests_by_code": f"sum by (app,route,code) (rate(http_requests_total{{{s}}}[30s]))",
        "latency_p50": f"histogram_quantile(0.50, sum by (app,route,le) (rate(http_request_duration_seconds_bucket{{{s}}}[30s])))",
        "latency_p99": f"histogram_quantile(0.99, sum by (app,route,le) (rate(http_request_duration_seconds_bucket{{{s}}}[30s])))",
        "requests_in_flight": f"http_requests_in_flight{{{s}}}",
        "targets_up": f"up{{{s}}}",
        "alerts": f"ALERTS{{{s}}}",
    }
