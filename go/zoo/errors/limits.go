package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
)

// acceptWithoutFiles serves HTTP with no file left for the connection that comes.
func acceptWithoutFiles() {
	said := newServerLog()
	server := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: log.New(said, "", 0)}
	l := listen()
	go server.Serve(l)
	fetch("http://" + l.Addr().String()) // the poller and resolver have what they need from here on
	exhaust(1)
	conn, err := net.Dial("tcp", l.Addr().String())
	must(err)
	defer conn.Close()
	fmt.Print(said.first())
	os.Exit(0)
}
