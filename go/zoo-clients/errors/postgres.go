package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/lib/pq"
)

func init() {
	provoke("postgres/failed-to-connect", func() string {
		_, err := pgx.Connect(context.Background(), "postgres://orders@"+closedPort()+"/shop?sslmode=disable")
		return said(err)
	})
	provoke("postgres/closed-pool", func() string {
		pool, err := pgxpool.New(context.Background(), "postgres://orders@"+closedPort()+"/shop?sslmode=disable")
		must(err)
		pool.Close()
		return said(pool.Ping(context.Background()))
	})
	provoke("postgres/ssl-not-enabled", func() string {
		address, stop := raw(func(conn net.Conn) {
			buf := make([]byte, 8)
			conn.Read(buf) // SSLRequest; N: not willing
			conn.Write([]byte("N"))
			hold(conn)
		})
		defer stop()
		connector, err := pq.NewConnector("postgres://orders@" + address + "/shop?sslmode=require")
		must(err)
		_, err = connector.Connect(context.Background())
		return said(err)
	})
}

func withPostgres() {
	ctx := context.Background()
	open := func() *pgx.Conn {
		conn, err := pgx.Connect(ctx, "postgres://pg@"+*postgresAt+"/postgres?sslmode=disable")
		must(err)
		return conn
	}
	run := func(statements ...string) string {
		conn := open()
		defer conn.Close(ctx)
		var err error
		for _, s := range statements {
			_, err = conn.Exec(ctx, s)
		}
		return said(err)
	}
	provoke("postgres/no-rows", func() string {
		conn := open()
		defer conn.Close(ctx)
		var n int
		return said(conn.QueryRow(ctx, "select 1 where false").Scan(&n))
	})
	provoke("postgres/tx-closed", func() string {
		conn := open()
		defer conn.Close(ctx)
		tx, err := conn.Begin(ctx)
		must(err)
		must(tx.Commit(ctx))
		return said(tx.Commit(ctx))
	})
	provoke("postgres/commit-rolled-back", func() string {
		conn := open()
		defer conn.Close(ctx)
		tx, err := conn.Begin(ctx)
		must(err)
		_, _ = tx.Exec(ctx, "select 1/0")
		return said(tx.Commit(ctx))
	})
	provoke("postgres/conn-busy", func() string {
		conn := open()
		defer conn.Close(ctx)
		rows, err := conn.Query(ctx, "select generate_series(1,3)")
		must(err)
		defer rows.Close()
		_, err = conn.Exec(ctx, "select 1")
		return said(err)
	})
	provoke("postgres/conn-closed", func() string {
		conn := open()
		conn.Close(ctx)
		_, err := conn.Exec(ctx, "select 1")
		return said(err)
	})
	provoke("postgres/query-timeout", func() string {
		conn := open()
		defer conn.Close(ctx)
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		_, err := conn.Exec(short, "select pg_sleep(5)")
		return said(err)
	})
	provoke("postgres/unique-violation", func() string {
		return run("create temp table orders(id int primary key)", "insert into orders values (1)", "insert into orders values (1)")
	})
	provoke("postgres/foreign-key-violation", func() string {
		return run("create temp table orders(id int primary key)", "create temp table lines(o int references orders(id))", "insert into lines values (1)")
	})
	provoke("postgres/not-null-violation", func() string {
		return run("create temp table orders(id int not null)", "insert into orders values (null)")
	})
	provoke("postgres/undefined-table", func() string { return run("select * from ordrs") })
	provoke("postgres/syntax-error", func() string { return run("selct 1") })
	provoke("postgres/statement-timeout", func() string { return run("set statement_timeout = 30", "select pg_sleep(5)") })
	provoke("postgres/transaction-aborted", func() string { return run("begin", "select 1/0", "select 1") })
	provoke("postgres/too-many-clients+pgx", func() string {
		var held []*pgx.Conn
		defer func() {
			for _, c := range held {
				c.Close(ctx)
			}
		}()
		for range 200 {
			conn, err := pgx.Connect(ctx, "postgres://pg@"+*postgresAt+"/postgres?sslmode=disable")
			if err != nil {
				return said(err)
			}
			held = append(held, conn)
		}
		return ""
	})
	provoke("postgres/role-does-not-exist", func() string {
		_, err := pgx.Connect(ctx, "postgres://absent@"+*postgresAt+"/postgres?sslmode=disable")
		return said(err)
	})
	provoke("postgres/database-does-not-exist", func() string {
		_, err := pgx.Connect(ctx, "postgres://pg@"+*postgresAt+"/shopp?sslmode=disable")
		return said(err)
	})
	provoke("postgres/administrator-command", func() string {
		conn, other := open(), open()
		defer conn.Close(ctx)
		defer other.Close(ctx)
		_, err := other.Exec(ctx, fmt.Sprintf("select pg_terminate_backend(%d)", conn.PgConn().PID()))
		must(err)
		time.Sleep(50 * time.Millisecond)
		_, err = conn.Exec(ctx, "select 1")
		return said(err)
	})
	provoke("postgres/deadlock-detected", func() string { return deadlocked(ctx, open) })
	provoke("postgres/could-not-serialize", func() string {
		a, b := open(), open()
		defer a.Close(ctx)
		defer b.Close(ctx)
		exec := func(c *pgx.Conn, s string) error { _, err := c.Exec(ctx, s); return err }
		must(exec(a, "create table if not exists stock(id int primary key, n int)"))
		must(exec(a, "insert into stock values (1, 0), (2, 0) on conflict do nothing"))
		must(exec(a, "begin isolation level repeatable read"))
		must(exec(a, "select n from stock"))
		must(exec(b, "update stock set n = n + 1 where id = 1"))
		return said(exec(a, "update stock set n = n + 1 where id = 1"))
	})
	provoke("postgres/too-many-clients", func() string {
		var held []interface{ Close() error }
		defer func() {
			for _, c := range held {
				c.Close()
			}
		}()
		for range 200 {
			connector, err := pq.NewConnector("postgres://pg@" + *postgresAt + "/postgres?sslmode=disable")
			must(err)
			conn, err := connector.Connect(ctx)
			if err != nil {
				return said(err)
			}
			held = append(held, conn)
		}
		return ""
	})
}

func deadlocked(ctx context.Context, open func() *pgx.Conn) string {
	a, b := open(), open()
	defer a.Close(ctx)
	defer b.Close(ctx)
	exec := func(c *pgx.Conn, s string) error { _, err := c.Exec(ctx, s); return err }
	must(exec(a, "create table if not exists stock(id int primary key, n int)"))
	must(exec(a, "insert into stock values (1, 0), (2, 0) on conflict do nothing"))
	must(exec(a, "begin"))
	must(exec(b, "begin"))
	must(exec(a, "update stock set n = 1 where id = 1"))
	must(exec(b, "update stock set n = 1 where id = 2"))
	other := make(chan error, 1)
	go func() { other <- exec(b, "update stock set n = 1 where id = 1") }()
	err := exec(a, "update stock set n = 1 where id = 2")
	if err == nil {
		_ = exec(a, "rollback")
		err = <-other
	}
	return strings.TrimSpace(said(err))
}
