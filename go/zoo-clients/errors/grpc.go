package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"
)

type health struct {
	healthpb.UnimplementedHealthServer
	check func(context.Context) error
}

func (h health) Check(ctx context.Context, _ *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	return &healthpb.HealthCheckResponse{}, h.check(ctx)
}

// grpcServer answers Check as told.
func grpcServer(check func(context.Context) error, options ...grpc.ServerOption) (address string, server *grpc.Server) {
	server = grpc.NewServer(options...)
	if check != nil {
		healthpb.RegisterHealthServer(server, health{check: check})
	}
	l := listen()
	go server.Serve(l)
	return l.Addr().String(), server
}

func grpcClient(address string, options ...grpc.DialOption) *grpc.ClientConn {
	conn, err := grpc.NewClient(address, append([]grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}, options...)...)
	must(err)
	return conn
}

func checked(ctx context.Context, conn *grpc.ClientConn, options ...grpc.CallOption) string {
	_, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{Service: strings.Repeat("s", 100)}, options...)
	return said(err)
}

// answered is what the client says when the handler returns err.
func answered(err error) string {
	address, server := grpcServer(func(context.Context) error { return err })
	defer server.Stop()
	conn := grpcClient(address)
	defer conn.Close()
	return checked(context.Background(), conn)
}

func init() {
	provoke("grpc-status/deadline-exceeded", func() string {
		address, server := grpcServer(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		defer server.Stop()
		conn := grpcClient(address)
		defer conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		return checked(ctx, conn)
	})
	provoke("grpc-status/canceled", func() string {
		address, server := grpcServer(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		defer server.Stop()
		conn := grpcClient(address)
		defer conn.Close()
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(50*time.Millisecond, cancel)
		return checked(ctx, conn)
	})
	provoke("grpc-status/error-while-dialing", func() string {
		conn := grpcClient(closedPort())
		defer conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/waiting-for-connections", func() string {
		// the port accepts and says nothing, so the connection never becomes ready
		address, stop := raw(hold)
		defer stop()
		conn := grpcClient(address)
		defer conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		return checked(ctx, conn, grpc.WaitForReady(true))
	})
	provoke("grpc-status/unknown-service", func() string {
		address, server := grpcServer(nil)
		defer server.Stop()
		conn := grpcClient(address)
		defer conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/method-not-implemented", func() string {
		server := grpc.NewServer()
		healthpb.RegisterHealthServer(server, healthpb.UnimplementedHealthServer{})
		l := listen()
		go server.Serve(l)
		defer server.Stop()
		conn := grpcClient(l.Addr().String())
		defer conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/message-larger-than-max", func() string {
		address, server := grpcServer(func(context.Context) error { return nil }, grpc.MaxRecvMsgSize(16))
		defer server.Stop()
		conn := grpcClient(address)
		defer conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/client-connection-closing", func() string {
		conn := grpcClient(closedPort())
		conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/error-reading-from-server", func() string {
		address, server := grpcServer(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		conn := grpcClient(address)
		defer conn.Close()
		time.AfterFunc(50*time.Millisecond, server.Stop)
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/prior-goaway", func() string {
		address, server := grpcServer(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Hour}))
		defer server.Stop()
		// the client's least interval is 10 s; a client of our own making need not keep to it
		return pinged(address)
	})
	provoke("grpc-status/error-reading-server-preface", func() string {
		address, stop := raw(func(conn net.Conn) {
			buf := make([]byte, 1024)
			conn.Read(buf)
			conn.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request"))
			time.Sleep(50 * time.Millisecond)
		})
		defer stop()
		conn := grpcClient(address)
		defer conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/authentication-handshake-failed", func() string {
		address, server := grpcServer(func(context.Context) error { return nil })
		defer server.Stop()
		conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(nil)))
		must(err)
		defer conn.Close()
		return checked(context.Background(), conn)
	})
	provoke("grpc-status/zero-addresses", func() string {
		nowhere := manual.NewBuilderWithScheme("nowhere")
		nowhere.InitialState(resolver.State{})
		conn, err := grpc.NewClient("nowhere:///inventory", grpc.WithResolvers(nowhere), grpc.WithTransportCredentials(insecure.NewCredentials()))
		must(err)
		defer conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		return checked(ctx, conn)
	})
	provoke("grpc-status/unauthenticated", func() string { return answered(status.Error(codes.Unauthenticated, "token is expired")) })
	provoke("grpc-status/permission-denied", func() string { return answered(status.Error(codes.PermissionDenied, "orders may not reserve")) })
	provoke("grpc-status/not-found", func() string { return answered(status.Error(codes.NotFound, "no order 42")) })
	provoke("grpc-status/already-exists", func() string { return answered(status.Error(codes.AlreadyExists, "order 42 exists")) })
	provoke("grpc-status/invalid-argument", func() string { return answered(status.Error(codes.InvalidArgument, "quantity must be positive")) })
	provoke("grpc-status/failed-precondition", func() string { return answered(status.Error(codes.FailedPrecondition, "order 42 is closed")) })
	provoke("grpc-status/resource-exhausted", func() string { return answered(status.Error(codes.ResourceExhausted, "quota of tenant 7 is used up")) })
	provoke("grpc-status/aborted", func() string { return answered(status.Error(codes.Aborted, "version 3 was changed by another")) })
	provoke("grpc-status/internal", func() string { return answered(status.Error(codes.Internal, "ledger is not sorted")) })
	provoke("grpc-status/unavailable", func() string { return answered(status.Error(codes.Unavailable, "draining")) })
	provoke("grpc-status/unimplemented", func() string { return answered(status.Error(codes.Unimplemented, "returns come with version 2")) })
	provoke("grpc-status/unknown", func() string { return answered(errors.New("no cover for order 42")) })
}
