"""The incidents that scripts/record-process-incident plays: what runs, when it changes, and what a person on call took.

Each play: the services start and Prometheus watches; a minute of health; the change; captures while it goes on; the bundle.
`what` is the one place where it is said what was done.
"""
from types import SimpleNamespace

from recording import fetch

HEALTHY = 66  # seconds before anything is changed


def ticker_leak(r):
    r.serve("sessions", 8081)
    r.watch(["sessions"])
    r.users("visits", "sessions")
    r.until(40)
    r.dump("sessions")
    r.profile("sessions", "heap", "?gc=1")
    r.until(HEALTHY)
    r.users("sessions", "sessions", 15)
    r.until(HEALTHY + 25)
    r.dump("sessions")
    r.firing("GoroutinesHigh", 90)
    r.dump("sessions")
    r.until(HEALTHY + 62)
    r.dump("sessions")
    r.dump("sessions", 1)
    r.profile("sessions", "heap", "?gc=1")
    r.scrape("sessions")
    r.keep_series()
    r.keep_log("sessions")
    r.keep_source("sessions", "service", services=["sessions"])


def lock_across_io(r):
    r.serve("backend", 8090, name="people")
    r.behave("people", delayMs=5, slowMs=5)
    r.serve("profiles", 8081, upstream=8090)
    r.watch(["profiles", "people"])
    r.users("profile", "profiles")
    r.until(40)
    r.dump("profiles")
    r.profile("profiles", "mutex")
    r.profile("profiles", "block")
    r.until(HEALTHY)
    r.behave("people", delayMs=45, slowMs=45)
    r.until(HEALTHY + 8)
    r.dump("profiles")
    r.until(HEALTHY + 20)
    r.firing("HighLatency", 60)
    r.dump("profiles")
    r.until(HEALTHY + 45)
    r.dump("profiles")
    r.profile("profiles", "mutex")
    r.profile("profiles", "block")
    r.profile("profiles", "profile", "?seconds=5")
    r.scrape("profiles")
    r.keep_series()
    r.keep_log("profiles")
    r.keep_log("people")
    r.keep_source("profiles", "remote", "service", services=["profiles"])


def body_not_closed(r):
    r.serve("backend", 8090, name="market")
    r.serve("rates", 8081, upstream=8090)
    r.watch(["rates", "market"])
    r.users("rates", "rates")
    r.until(40)
    r.dump("rates")
    r.until(HEALTHY)
    r.behave("market", delayMs=20, slowMs=20, unknownRate=0.3)
    r.until(HEALTHY + 20)
    r.dump("rates")
    r.firing("OpenFilesHigh", 90)
    r.dump("rates")
    r.until(HEALTHY + 65)
    r.dump("rates")
    r.profile("rates", "goroutine")
    r.profile("rates", "heap", "?gc=1")
    r.scrape("rates")
    r.keep_series(bare=True)
    r.keep_log("rates")
    r.keep_source("rates", "remote", "service", services=["rates"])


def crash_nil_map_write(r):
    r.serve("invoices", 8081, supervised=True)
    r.watch(["invoices"])
    r.users("invoices", "invoices")
    r.until(40)
    r.dump("invoices")
    r.until(HEALTHY)
    r.users("expand", "invoices")
    r.firing("TargetDown", 90)
    r.until(HEALTHY + 60)
    r.keep_series()
    r.keep_log("invoices")
    r.keep_source("invoices", "service", services=["invoices"])
    r.gap("goroutine dump of invoices while it was ill", "it does not live long enough to be asked; the crash text is in its log")


def cache_growth(r):
    r.serve("thumbs", 8081)
    r.watch(["thumbs"])
    r.users("gallery", "thumbs")
    r.until(40)
    r.profile("thumbs", "heap", "?gc=1")
    r.dump("thumbs")
    r.until(HEALTHY)
    r.users("image", "thumbs", 130)
    r.until(HEALTHY + 15)
    r.profile("thumbs", "heap", "?gc=1")
    r.firing("HeapHigh", 120)
    r.profile("thumbs", "heap", "?gc=1")
    r.profile("thumbs", "heap", "?seconds=5", "delta.pb.gz")
    r.profile("thumbs", "allocs")
    r.dump("thumbs")
    r.scrape("thumbs")
    r.keep_series()
    r.keep_log("thumbs")
    r.keep_source("thumbs", "service", services=["thumbs"])


def caller_timeout(r):
    r.serve("tariffs", 8082)
    r.serve("checkout", 8081, "-deadline", "1s", upstream=8082)
    r.watch(["checkout", "tariffs"])
    r.users("checkout", "checkout")
    r.until(40)
    r.dump("checkout")
    r.dump("tariffs")
    r.until(HEALTHY)
    r.serve("checkout", 8081, "-deadline", "150ms", upstream=8082)
    r.firing("HighErrorRate", 90)
    r.dump("checkout")
    r.dump("tariffs")
    r.until(HEALTHY + 45)
    r.dump("checkout")
    r.scrape("checkout")
    r.scrape("tariffs")
    r.keep_series()
    r.keep_log("checkout")
    r.keep_log("tariffs")
    r.keep_source("checkout", "tariffs", "remote", "service", services=["checkout", "tariffs"])


def healthy_batch(r):
    r.serve("backend", 8090, name="figures")
    r.behave("figures", delayMs=110, slowMs=110)
    r.serve("reports", 8081, upstream=8090)
    r.watch(["reports", "figures"])
    r.users("reports", "reports")
    r.until(40)
    r.dump("reports")
    r.until(HEALTHY)
    fetch(f"http://{r.services['reports']}/v1/batches/800", b"", "POST")
    r.until(HEALTHY + 2)
    r.dump("reports")
    r.until(HEALTHY + 7)
    r.dump("reports")
    r.until(HEALTHY + 22)
    r.dump("reports")
    r.profile("reports", "heap", "?gc=1")
    r.until(HEALTHY + 40)
    r.scrape("reports")
    r.keep_series()
    r.keep_log("reports")
    r.keep_source("reports", "remote", "service", services=["reports"])


def latency_unprovable(r):
    r.serve("backend", 8090, name="storage")
    r.behave("storage", delayMs=8, slowMs=8)
    r.serve("ingest", 8081, upstream=8090)
    r.watch(["ingest"])
    r.users("ingest", "ingest", 40)
    r.until(HEALTHY)
    r.behave("storage", delayMs=28, slowMs=28)
    r.firing("HighLatency", 90)
    r.until(HEALTHY + 50)
    r.keep_series(only={"up", "goroutines", "heap_inuse", "cpu", "requests_by_code", "requests_in_flight", "latency_p50", "latency_p99", "alert_states"})
    r.keep_log("ingest")
    r.gap("goroutine dumps and profiles of ingest", "nobody asked for them before the process was restarted")
    r.gap("metrics of what ingest calls", "the storage is run by others and not scraped here")


INCIDENTS = {
    "ticker-leak": SimpleNamespace(
        play=ticker_leak, title="sessions has more and more goroutines",
        what="for 66 s twenty sessions were looked at; from then on users also opened 15 sessions a second and closed each after 0.3 s"),
    "lock-across-io": SimpleNamespace(
        play=lock_across_io, title="profiles is slow",
        what="the service people, which profiles asks, was told after 66 s to take 45 ms for an answer instead of 5 ms; the users of profiles did as before"),
    "body-not-closed": SimpleNamespace(
        play=body_not_closed, title="rates has more and more open files",
        what="the service market, which rates asks, was told after 66 s to answer 404 to three of ten questions; the users of rates did as before"),
    "crash-nil-map-write": SimpleNamespace(
        play=crash_nil_map_write, title="invoices does not answer scrapes",
        what="after 66 s of sales in known regions, sales in a region that was not among them came in as well, one every two seconds"),
    "cache-growth": SimpleNamespace(
        play=cache_growth, title="thumbs uses more and more memory",
        what="users who looked at the same 200 pictures were joined after 66 s by users who looked at 130 other pictures a second, each once"),
    "caller-timeout": SimpleNamespace(
        play=caller_timeout, title="checkout fails a third of its requests",
        what="checkout was restarted after 66 s with -deadline 150ms instead of 1s; tariffs, which it calls, took 60, 120 or 180 ms throughout"),
    "healthy-batch": SimpleNamespace(
        play=healthy_batch, title="reports had a spike of goroutines",
        what="after 66 s a batch of 800 reports was started, which ends by itself after some seconds; nothing was broken"),
    "latency-unprovable": SimpleNamespace(
        play=latency_unprovable, title="p99 of ingest is above half a second",
        what="the storage behind ingest, which is not observed, was told after 66 s to take 28 ms for a write instead of 8 ms; ingest has one writer"),
}
