package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"time"
)

// issue makes a certificate; a nil parent signs itself.
func issue(change func(*x509.Certificate), parent *tls.Certificate) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "inventory"}, DNSNames: []string{"inventory.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(template)
	}
	signer, signKey := template, any(key)
	if parent != nil {
		signer, signKey = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, &key.PublicKey, signKey)
	must(err)
	leaf, err := x509.ParseCertificate(der)
	must(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func authority() (tls.Certificate, *x509.CertPool) {
	ca := issue(func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.DNSNames, c.KeyUsage, c.Subject.CommonName = true, true, nil, x509.KeyUsageCertSign, "shop CA"
	}, nil)
	pool := x509.NewCertPool()
	pool.AddCert(ca.Leaf)
	return ca, pool
}

// handshake dials a TLS server with these settings; both ends' errors come back.
func handshake(server, client *tls.Config) (clientSays, serverSays error) {
	l := listen()
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		must(err)
		defer conn.Close()
		t := tls.Server(conn, server)
		err = t.Handshake()
		if err == nil {
			_, err = t.Write([]byte("x"))
		}
		done <- err
	}()
	conn, err := net.DialTimeout("tcp", l.Addr().String(), time.Second)
	must(err)
	defer conn.Close()
	t := tls.Client(conn, client)
	err = t.Handshake()
	if err == nil {
		t.SetReadDeadline(time.Now().Add(2 * time.Second))
		_, err = t.Read(make([]byte, 1))
	}
	if err != nil {
		conn.Close()
	}
	return err, <-done
}

// verified is what a client says of a certificate so changed.
func verified(change func(*x509.Certificate), name string) string {
	ca, pool := authority()
	clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(change, &ca)}}, &tls.Config{RootCAs: pool, ServerName: name})
	return said(clientSays)
}

func init() {
	provoke("crypto-x509/expired", func() string {
		return verified(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
		}, "inventory.test")
	})
	provoke("crypto-x509/not-yet-valid", func() string {
		return verified(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
		}, "inventory.test")
	})
	provoke("crypto-x509/valid-for-other-names", func() string { return verified(nil, "orders.test") })
	provoke("crypto-x509/no-ip-sans", func() string { return verified(nil, "127.0.0.1") })
	provoke("crypto-x509/valid-for-no-names", func() string {
		return verified(func(c *x509.Certificate) {
			c.DNSNames, c.URIs, c.Subject.CommonName = nil, nil, "not a name"
			c.EmailAddresses = []string{"ops@shop.test"}
		}, "inventory.test")
	})
	provoke("crypto-x509/legacy-common-name", func() string {
		return verified(func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "inventory.test" }, "inventory.test")
	})
	provoke("crypto-x509/unknown-authority", func() string {
		ca, _ := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}}, &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "inventory.test"})
		return said(clientSays)
	})
	provoke("crypto-x509/incompatible-key-usage", func() string {
		return verified(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, "inventory.test")
	})
	provoke("crypto-x509/unknown-authority+not-a-ca", func() string {
		_, pool := authority()
		leaf := issue(nil, nil)
		pool.AddCert(leaf.Leaf)
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &leaf)}}, &tls.Config{RootCAs: pool, ServerName: "inventory.test"})
		return said(clientSays)
	})
	provoke("crypto-tls/first-record-not-tls", func() string {
		address, stop := raw(func(conn net.Conn) { request(conn); conn.Write([]byte("220 mail ready\r\n")) })
		defer stop()
		_, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		return said(err)
	})
	provoke("crypto-tls/remote-bad-certificate", func() string {
		ca, _ := authority()
		_, serverSays := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, MaxVersion: tls.VersionTLS12}, &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "inventory.test"})
		return said(serverSays)
	})
	provoke("crypto-tls/remote-unknown-certificate-authority", func() string {
		_, pool := authority()
		other, _ := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &other)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, VerifyPeerCertificate: nil},
			&tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{issue(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, &other)}})
		return said(clientSays)
	})
	provoke("crypto-tls/remote-certificate-required", func() string {
		ca, pool := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}, &tls.Config{InsecureSkipVerify: true})
		return said(clientSays)
	})
	provoke("crypto-tls/client-gave-no-certificate", func() string {
		ca, pool := authority()
		_, serverSays := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}, &tls.Config{InsecureSkipVerify: true})
		return said(serverSays)
	})
	provoke("crypto-tls/remote-expired-certificate", func() string {
		ca, pool := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert},
			&tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{issue(func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
			}, &ca)}})
		return said(clientSays)
	})
	provoke("crypto-tls/remote-protocol-version", func() string {
		ca, _ := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, MinVersion: tls.VersionTLS13}, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		return said(clientSays)
	})
	provoke("crypto-tls/unsupported-versions", func() string {
		ca, _ := authority()
		_, serverSays := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, MinVersion: tls.VersionTLS13}, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		return said(serverSays)
	})
	provoke("crypto-tls/remote-handshake-failure", func() string {
		ca, _ := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}},
			&tls.Config{InsecureSkipVerify: true, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, MaxVersion: tls.VersionTLS12})
		return said(clientSays)
	})
	provoke("crypto-tls/remote-no-application-protocol", func() string {
		ca, _ := authority()
		clientSays, _ := handshake(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}, NextProtos: []string{"h3"}}, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"acme-tls/1"}})
		return said(clientSays)
	})
	provoke("crypto-tls/server-name-missing", func() string {
		_, clientErr := net.Pipe()
		defer clientErr.Close()
		return said(tls.Client(clientErr, &tls.Config{}).Handshake())
	})
	provoke("crypto-tls/remote-unrecognized-name", func() string {
		clientSays, _ := handshake(&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}, &tls.Config{ServerName: "inventory.test", InsecureSkipVerify: true})
		return said(clientSays)
	})
	provoke("crypto-tls/no-certificates-configured", func() string {
		_, serverSays := handshake(&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}, &tls.Config{ServerName: "inventory.test", InsecureSkipVerify: true})
		return said(serverSays)
	})
	provoke("crypto-tls/remote-internal-error", func() string {
		clientSays, _ := handshake(&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, http.ErrAbortHandler }}, &tls.Config{ServerName: "inventory.test", InsecureSkipVerify: true})
		return said(clientSays)
	})
	provoke("crypto-tls/key-does-not-match", func() string {
		a, b := issue(nil, nil), issue(nil, nil)
		key, err := x509.MarshalPKCS8PrivateKey(b.PrivateKey)
		must(err)
		_, err = tls.X509KeyPair(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
		return said(err)
	})
	provoke("crypto-tls/no-pem-data", func() string { _, err := tls.X509KeyPair([]byte("none"), []byte("none")); return said(err) })
	provoke("net-http/tls-handshake-error", func() string {
		ca, _ := authority()
		return serverTLS(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}}, func(address string) {
			conn, err := net.Dial("tcp", address)
			must(err)
			conn.Close()
		})
	})
	provoke("net-http/client-sent-http-to-https", func() string {
		ca, _ := authority()
		return serverTLS(&tls.Config{Certificates: []tls.Certificate{issue(nil, &ca)}}, func(address string) { fetch("http://" + address) })
	})
}

// serverTLS is what an HTTPS server logs of what the client does.
func serverTLS(config *tls.Config, client func(address string)) string {
	said := newServerLog()
	server := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: log.New(said, "", 0), TLSConfig: config}
	l := listen()
	defer server.Close()
	go server.ServeTLS(l, "", "")
	client(l.Addr().String())
	return string(bytes.TrimSpace([]byte(strings.SplitN(said.first(), "\n", 2)[0])))
}
