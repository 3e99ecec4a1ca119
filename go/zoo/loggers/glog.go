package main

import (
	"flag"
	"os"

	"github.com/golang/glog"
)

func init() {
	stories["glog"] = func() {
		os.Stderr = os.Stdout
		_ = flag.CommandLine.Parse([]string{"-logtostderr=true"})
		glog.Infof("listening on %s", ":8080")
		glog.Warningf("slow query, took %v", elapsed)
		glog.Errorf("reserve failed: %v trace_id=%s", deadlineError(), traceID)
		glog.Error("two\nlines")
		glog.Flush()
	}
}
