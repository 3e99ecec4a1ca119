package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"time"
)

// ledgerDriver is a database whose one table has the rows it is told to have.
type ledgerDriver struct{}
type ledgerConn struct{}
type ledgerStmt struct{ inputs int }
type ledgerTx struct{}
type ledgerRows struct {
	values [][]driver.Value
	next   int
}

var answers [][]driver.Value
var broken bool

func (ledgerDriver) Open(string) (driver.Conn, error) {
	if broken {
		return nil, driver.ErrBadConn
	}
	return ledgerConn{}, nil
}
func (ledgerConn) Prepare(q string) (driver.Stmt, error) {
	n := 0
	for _, c := range q {
		if c == '?' {
			n++
		}
	}
	return ledgerStmt{n}, nil
}
func (ledgerConn) Close() error              { return nil }
func (ledgerConn) Begin() (driver.Tx, error) { return ledgerTx{}, nil }
func (ledgerTx) Commit() error               { return nil }
func (ledgerTx) Rollback() error             { return nil }
func (ledgerStmt) Close() error              { return nil }
func (s ledgerStmt) NumInput() int           { return s.inputs }
func (ledgerStmt) Exec([]driver.Value) (driver.Result, error) {
	if broken {
		return nil, driver.ErrBadConn
	}
	return driver.RowsAffected(1), nil
}
func (ledgerStmt) Query([]driver.Value) (driver.Rows, error) {
	return &ledgerRows{values: answers}, nil
}
func (*ledgerRows) Columns() []string { return []string{"sku", "stock"} }
func (*ledgerRows) Close() error      { return nil }
func (r *ledgerRows) Next(dest []driver.Value) error {
	if r.next == len(r.values) {
		return io.EOF
	}
	copy(dest, r.values[r.next])
	r.next++
	return nil
}

func ledger(rows ...[]driver.Value) *sql.DB {
	answers, broken = rows, false
	db, err := sql.Open("ledger", "")
	must(err)
	return db
}

func init() {
	sql.Register("ledger", ledgerDriver{})
	provoke("database-sql/no-rows", func() string {
		var sku string
		var stock int
		return said(ledger().QueryRow("select").Scan(&sku, &stock))
	})
	provoke("database-sql/database-closed", func() string {
		db := ledger()
		db.Close()
		return said(db.Ping())
	})
	provoke("database-sql/transaction-done", func() string {
		tx, err := ledger().Begin()
		must(err)
		must(tx.Commit())
		return said(tx.Rollback())
	})
	provoke("database-sql/connection-already-closed", func() string {
		conn, err := ledger().Conn(context.Background())
		must(err)
		must(conn.Close())
		return said(conn.PingContext(context.Background()))
	})
	provoke("database-sql/bad-connection", func() string {
		db := ledger()
		broken = true
		_, err := db.Exec("update")
		return said(err)
	})
	provoke("database-sql/converting-null", func() string {
		var sku string
		var stock int
		return said(ledger([]driver.Value{nil, int64(3)}).QueryRow("select").Scan(&sku, &stock))
	})
	provoke("database-sql/scan-error", func() string {
		var sku string
		var stock int
		return said(ledger([]driver.Value{"A-7", "many"}).QueryRow("select").Scan(&sku, &stock))
	})
	provoke("database-sql/scan-destinations", func() string {
		var sku string
		return said(ledger([]driver.Value{"A-7", int64(1)}).QueryRow("select").Scan(&sku))
	})
	provoke("database-sql/argument-count", func() string { _, err := ledger().Exec("update ? ?", 1); return said(err) })
	provoke("database-sql/rows-closed", func() string {
		rows, err := ledger([]driver.Value{"A-7", int64(1)}).Query("select")
		must(err)
		rows.Close()
		var sku string
		var stock int
		return said(rows.Scan(&sku, &stock))
	})
	provoke("database-sql/scan-before-next", func() string {
		rows, err := ledger([]driver.Value{"A-7", int64(1)}).Query("select")
		must(err)
		defer rows.Close()
		var sku string
		var stock int
		return said(rows.Scan(&sku, &stock))
	})
	provoke("database-sql/statement-closed", func() string {
		s, err := ledger().Prepare("update")
		must(err)
		must(s.Close())
		_, err = s.Exec()
		return said(err)
	})
	provoke("database-sql/unknown-driver", func() string { _, err := sql.Open("postgres", ""); return said(err) })
	provoke("database-sql/unsupported-type", func() string {
		_, err := ledger().Exec("update ?", struct{ A int }{1})
		return said(err)
	})
	// a full pool has no text of its own: the wait ends with the context's
	provoke("context/deadline-exceeded+sql-pool", func() string {
		db := ledger()
		db.SetMaxOpenConns(1)
		conn, err := db.Conn(context.Background())
		must(err)
		defer conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		_, err = db.ExecContext(ctx, "update")
		if !errors.Is(err, context.DeadlineExceeded) {
			return ""
		}
		return said(err)
	})
}
