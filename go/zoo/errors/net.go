package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func dial(network, address string, limit time.Duration) error {
	conn, err := net.DialTimeout(network, address, limit)
	if err == nil {
		conn.Close()
	}
	return err
}

// nameServer answers every question with rcode; a negative one means never.
func nameServer(rcode int) (address string, stop func()) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(err)
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			if rcode < 0 || n < 12 {
				continue
			}
			// RFC 1035 §4.1.1: QR=1, RD copied, RA=1, the question repeated, no other sections (an OPT of the question is dropped)
			end := 12
			for end < n && buf[end] != 0 {
				end += int(buf[end]) + 1
			}
			end += 5
			answer := append([]byte{}, buf[:end]...)
			answer[2] = 0x80 | buf[2]&1
			answer[3] = 0x80 | byte(rcode)
			copy(answer[6:12], make([]byte, 6))
			pc.WriteTo(answer, from)
		}
	}()
	return pc.LocalAddr().String(), func() { pc.Close() }
}

// lookup asks the name server at address for inventory.shop.svc.cluster.local, over dialing as a client does it.
func lookup(server string, limit time.Duration) error {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	conn, err := (&net.Dialer{Resolver: resolver}).DialContext(ctx, "tcp", "inventory.shop.svc.cluster.local.:8080")
	if err == nil {
		conn.Close()
	}
	return err
}

func pair() (client, server net.Conn, stop func()) {
	l := listen()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := l.Accept()
		must(err)
		accepted <- conn
	}()
	client, err := net.Dial("tcp", l.Addr().String())
	must(err)
	server = <-accepted
	return client, server, func() { client.Close(); server.Close(); l.Close() }
}

func init() {
	provoke("net/dial-connection-refused", func() string { return said(dial("tcp", closedPort(), time.Second)) })
	// the port answers with ICMP, which the next read is told
	provoke("net/connection-refused", func() string {
		server, stop := nameServer(-1)
		stop()
		conn, err := net.Dial("udp", server)
		must(err)
		defer conn.Close()
		_, _ = conn.Write([]byte("x"))
		_, err = conn.Read(make([]byte, 1))
		return said(err)
	})
	// a full backlog drops the SYN, as a dead host does
	provoke("net/dial-io-timeout", func() string {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		must(err)
		defer syscall.Close(fd)
		must(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		must(syscall.Listen(fd, 0))
		name, err := syscall.Getsockname(fd)
		must(err)
		address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
		for range 8 {
			conn, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
			if err != nil {
				return said(err)
			}
			defer conn.Close()
		}
		return ""
	})
	children["network-unreachable"] = func() { fmt.Print(said(dial("tcp", "10.96.0.1:443", time.Second))) }
	// a network namespace of its own has no route to anywhere
	provoke("net/dial-network-unreachable", func() string {
		return child("network-unreachable", func(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET} })
	})
	// a route that says so itself, as a router answers with ICMP host unreachable
	children["no-route-to-host"] = func() {
		must(exec.Command("ip", "route", "add", "unreachable", "10.96.0.0/16").Run())
		fmt.Print(said(dial("tcp", "10.96.0.1:443", time.Second)))
	}
	provoke("net/dial-no-route-to-host", func() string {
		return child("no-route-to-host", func(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET} })
	})
	// the kernel gives up by itself where no dialer's timeout is shorter: with one retry of the SYN after three seconds
	provoke("net/dial-connection-timed-out", func() string {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		must(err)
		defer syscall.Close(fd)
		must(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		must(syscall.Listen(fd, 0))
		name, err := syscall.Getsockname(fd)
		must(err)
		const synCount = 7 // TCP_SYNCNT of tcp(7)
		dialer := &net.Dialer{Timeout: 15 * time.Second, Control: func(_, _ string, c syscall.RawConn) error {
			return c.Control(func(fd uintptr) { must(syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, synCount, 1)) })
		}}
		for range 4 {
			conn, err := dialer.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port))
			if err != nil {
				return said(err)
			}
			defer conn.Close()
		}
		return ""
	})
	provoke("net/dial-operation-was-canceled", func() string {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := (&net.Dialer{}).DialContext(ctx, "tcp", closedPort())
		return said(err)
	})
	provoke("net/cannot-assign-requested-address+dial", func() string {
		_, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(203, 0, 113, 9)}}).Dial("tcp", closedPort())
		return said(err)
	})
	provoke("net/no-such-host", func() string {
		server, stop := nameServer(3)
		defer stop()
		return said(lookup(server, 5*time.Second))
	})
	provoke("net/dns-server-misbehaving", func() string {
		server, stop := nameServer(2)
		defer stop()
		return said(lookup(server, 5*time.Second))
	})
	provoke("net/dns-io-timeout", func() string {
		server, stop := nameServer(-1)
		defer stop()
		return said(lookup(server, 300*time.Millisecond))
	})
	// as long as resolv.conf's own timeout and attempts say, which is the usual case without a deadline
	provoke("net/dns-read-io-timeout", func() string {
		server, stop := nameServer(-1)
		defer stop()
		return said(lookup(server, 18*time.Second))
	})
	provoke("net/dns-connection-refused", func() string {
		server, stop := nameServer(-1)
		stop()
		return said(lookup(server, 5*time.Second))
	})
	provoke("net/read-io-timeout", func() string {
		client, _, stop := pair()
		defer stop()
		client.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		_, err := client.Read(make([]byte, 1))
		return said(err)
	})
	provoke("net/write-io-timeout", func() string {
		client, _, stop := pair()
		defer stop()
		client.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		var err error
		for err == nil {
			_, err = client.Write(make([]byte, 1<<20))
		}
		return said(err)
	})
	provoke("net/connection-reset-by-peer", func() string {
		client, server, stop := pair()
		defer stop()
		reset(server)
		_, err := client.Read(make([]byte, 1))
		return said(err)
	})
	provoke("net/connection-reset-by-peer+write", func() string {
		client, server, stop := pair()
		defer stop()
		// the kernel answers the first byte with RST and remembers it for the next write
		reset(server)
		time.Sleep(20 * time.Millisecond)
		_, err := client.Write([]byte("x"))
		return said(err)
	})
	provoke("net/broken-pipe", func() string {
		client, server, stop := pair()
		defer stop()
		server.Close()
		var err error
		for range 50 {
			time.Sleep(5 * time.Millisecond)
			if _, err = client.Write([]byte("x")); err != nil && strings.Contains(err.Error(), "broken pipe") {
				break
			}
		}
		return said(err)
	})
	provoke("net/use-of-closed-connection", func() string {
		client, _, stop := pair()
		defer stop()
		client.Close()
		_, err := client.Read(make([]byte, 1))
		return said(err)
	})
	provoke("net/address-already-in-use", func() string {
		l := listen()
		defer l.Close()
		_, err := net.Listen("tcp", l.Addr().String())
		return said(err)
	})
	provoke("net/cannot-assign-requested-address", func() string {
		_, err := net.Listen("tcp", "203.0.113.9:8080")
		return said(err)
	})
	children["bind-permission-denied"] = func() {
		_, err := net.Listen("tcp", "127.0.0.1:80")
		fmt.Print(said(err))
	}
	provoke("net/bind-permission-denied", func() string { return asNobody("bind-permission-denied") })
	provoke("net/missing-port-in-address", func() string { return said(dial("tcp", "inventory", time.Second)) })
	provoke("net/too-many-colons-in-address", func() string { return said(dial("tcp", "::1:8080", time.Second)) })
	provoke("net/unknown-port", func() string { return said(dial("tcp", "127.0.0.1:htpp", time.Second)) })
	provoke("net/invalid-port", func() string { return said(dial("tcp", "127.0.0.1:99999", time.Second)) })
	provoke("net-url/first-path-segment-colon", func() string { _, err := url.Parse("127.0.0.1:8080/v1"); return said(err) })
	provoke("net-url/invalid-control-character", func() string { _, err := url.Parse("http://inventory/v1\n"); return said(err) })
	provoke("net-url/missing-protocol-scheme", func() string { _, err := url.Parse("://inventory/v1"); return said(err) })
	provoke("net-url/invalid-url-escape", func() string { _, err := url.Parse("http://inventory/100%"); return said(err) })
	provoke("net-url/invalid-port-after-host", func() string { _, err := url.Parse("http://inventory:http/v1"); return said(err) })
	children["accept-too-many-open-files"] = acceptWithoutFiles
	provoke("net-http/accept-error-retrying", func() string { return child("accept-too-many-open-files", nil) })
	children["dial-too-many-open-files"] = func() {
		address := closedPort()
		exhaust(0)
		fmt.Print(said(dial("tcp", address, time.Second)))
	}
	provoke("net/too-many-open-files-socket", func() string { return child("dial-too-many-open-files", nil) })
	provoke("net/unix-socket-missing", func() string { return said(dial("unix", "/run/postgresql/.s.PGSQL.5432.absent", time.Second)) })
}

// asNobody runs a child without root's rights.
func asNobody(name string) string {
	return child(name, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	})
}

// exhaust opens files until only so many are left under a low limit.
func exhaust(left int) {
	must(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 32, Max: 32}))
	var open []*os.File
	for {
		f, err := os.Open("/dev/null")
		if err != nil {
			break
		}
		open = append(open, f)
	}
	for range left {
		open[len(open)-1].Close()
		open = open[:len(open)-1]
	}
	held = open
}

var held []*os.File
