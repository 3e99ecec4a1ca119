package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

// resolving asks a name server in this process for each request; since the fault it answers SERVFAIL.
func resolving(s *service) *http.Client {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serveNames(pc, s)
	server := pc.LocalAddr().String()
	dialer := &net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}}
	return &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext}}
}

// serveNames answers A questions with 127.0.0.1 (RFC 1035 §4), all others with nothing.
func serveNames(pc net.PacketConn, s *service) {
	buf := make([]byte, 1500)
	for {
		n, from, err := pc.ReadFrom(buf)
		if err != nil {
			return
		}
		if n < 17 {
			continue
		}
		end := 12
		for end < n && buf[end] != 0 {
			end += int(buf[end]) + 1
		}
		end += 5
		answer := append([]byte{}, buf[:end]...)
		answer[2], answer[3] = 0x80|buf[2]&1, 0x80
		copy(answer[6:12], make([]byte, 6))
		switch {
		case s.ill():
			answer[3] |= 2 // SERVFAIL
		case buf[end-3] == 1: // type A
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1)
		}
		_, _ = pc.WriteTo(answer, from)
	}
}

// trusting takes the certificate of inventory for what it says, save its dates: the authority is made anew in each run.
func trusting() *http.Client {
	config := &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(state tls.ConnectionState) error {
		pool := x509.NewCertPool()
		pool.AddCert(state.PeerCertificates[0])
		_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: pool})
		if err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
		}
		return nil
	}}
	return &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}}
}

// withExpiringCertificate serves with a certificate that ends when the fault begins.
func withExpiringCertificate(s *service) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "inventory"}, DNSNames: []string{"inventory.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: s.faultAt, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		work(r.Context(), 8*time.Millisecond)
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(func(l net.Listener) net.Listener { return tls.NewListener(l, config) })
}

// shortIdleInventory closes idle connections sooner than its callers do, over a way that takes its time: a close is under
// way while the next request is.
func shortIdleInventory(s *service) {
	s.server.IdleTimeout = 90 * time.Second
	s.log.Info("starting", "idle_timeout", s.server.IdleTimeout)
	time.AfterFunc(time.Until(s.faultAt), func() {
		s.server.IdleTimeout = 200 * time.Millisecond
		s.log.Info("settings loaded", "idle_timeout", s.server.IdleTimeout)
	})
	s.mux.HandleFunc("POST /reserve", s.handle("/reserve", func(w http.ResponseWriter, r *http.Request) (int, error) {
		work(r.Context(), 2*time.Millisecond)
		answer(w, http.StatusOK)
		return http.StatusOK, nil
	}))
	s.serve(func(l net.Listener) net.Listener { return slowWay{l} })
}

// slowWay delays what the server sends and its close by twenty milliseconds, as a way between two zones would.
type slowWay struct{ net.Listener }

func (l slowWay) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	d := &delayed{Conn: conn, queue: make(chan []byte, 64), done: make(chan struct{})}
	go d.send()
	return d, nil
}

type delayed struct {
	net.Conn
	queue chan []byte
	done  chan struct{}
	once  sync.Once
}

func (d *delayed) send() {
	for p := range d.queue {
		time.Sleep(20 * time.Millisecond)
		if _, err := d.Conn.Write(p); err != nil {
			break
		}
	}
	close(d.done)
}

func (d *delayed) Write(p []byte) (int, error) {
	d.queue <- append([]byte{}, p...)
	return len(p), nil
}

// Close no longer reads: what comes now meets a closed connection, as it would at the far end.
func (d *delayed) Close() error {
	d.once.Do(func() {
		close(d.queue)
		go func() {
			<-d.done
			time.Sleep(20 * time.Millisecond)
			d.Conn.Close()
		}()
	})
	return nil
}
