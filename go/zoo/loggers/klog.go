package main

import (
	"flag"
	"os"

	"k8s.io/klog/v2"
)

func init() {
	stories["klog"] = func() {
		os.Stderr = os.Stdout
		klogFlags("-logtostderr=true")
		klogStory()
	}
	stories["klog-file"] = func() {
		// a log file of its own opens with "Log file created at:", the only line that holds the year
		dir, err := os.MkdirTemp("", "klog")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		name := dir + "/klog.log"
		klogFlags("-logtostderr=false", "-alsologtostderr=false", "-log_file="+name, "-stderrthreshold=FATAL")
		klogStory()
		text, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		os.Stdout.Write(text)
	}
}

func klogFlags(args ...string) {
	flags := flag.NewFlagSet("klog", flag.ExitOnError)
	klog.InitFlags(flags)
	if err := flags.Parse(args); err != nil {
		panic(err)
	}
}

type podRef struct{ A int }

func klogStory() {
	klog.Infof("listening on %s", ":8080")
	klog.InfoS("Pod status updated", "pod", klog.KRef("kube-system", "dns"), "n", 3, "s", podRef{1}, "id", bigID)
	klog.Warningf("slow query, took %v", elapsed)
	klog.ErrorS(deadlineError(), "Reserve failed", "trace_id", traceID, "elapsed", elapsed)
	klog.InfoS("Multi line value", "ml", "first\nsecond", "after", true)
	klog.Error("two\nlines")
	klog.Flush()
}
