package main

import (
	"os"

	"github.com/sirupsen/logrus"
)

func init() {
	stories["logrus-text"] = func() { logrusStory(&logrus.TextFormatter{DisableColors: true, FullTimestamp: true}) }
	stories["logrus-tty"] = func() { logrusStory(&logrus.TextFormatter{ForceColors: true}) }
	stories["logrus-tty-full"] = func() { logrusStory(&logrus.TextFormatter{ForceColors: true, FullTimestamp: true}) }
	stories["logrus-tty-caller"] = func() {
		logger := logrus.New()
		logger.SetOutput(os.Stdout)
		logger.SetReportCaller(true)
		logger.SetFormatter(&logrus.TextFormatter{ForceColors: true})
		logger.WithFields(logrus.Fields{"trace_id": traceID, "elapsed": elapsed}).WithError(deadlineError()).Error("reserve failed")
		logger.WithField("id", bigID).Warn("two\nlines")
	}
	stories["logrus-json"] = func() { logrusStory(&logrus.JSONFormatter{}) }
}

func logrusStory(formatter logrus.Formatter) {
	logger := logrus.New()
	logger.SetOutput(os.Stdout)
	logger.SetLevel(logrus.TraceLevel)
	logger.SetFormatter(formatter)
	logger.WithField("addr", ":8080").Info("listening")
	logger.WithFields(logrus.Fields{"id": bigID, "entries": 12}).Trace("cache warm")
	logger.WithFields(logrus.Fields{"dur": elapsed, "retry": false, "empty": ""}).Warn("slow query")
	logger.WithFields(logrus.Fields{"trace_id": traceID, "span_id": spanID, "elapsed": elapsed}).WithError(deadlineError()).Error("reserve failed")
	logger.WithFields(logrus.Fields{"msg": "clash", "html": "<b>&"}).WithError(errStock).Error("two\nlines")
}
