package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// stockDriver answers every statement after a while; what matters is who holds its connections.
type stockDriver struct{}
type stockConn struct{}
type stockTx struct{}
type stockStmt struct{}

func (stockDriver) Open(string) (driver.Conn, error)        { return stockConn{}, nil }
func (stockConn) Prepare(string) (driver.Stmt, error)       { return stockStmt{}, nil }
func (stockConn) Close() error                              { return nil }
func (stockConn) Begin() (driver.Tx, error)                 { return stockTx{}, nil }
func (stockTx) Commit() error                               { return nil }
func (stockTx) Rollback() error                             { return nil }
func (stockStmt) Close() error                              { return nil }
func (stockStmt) NumInput() int                             { return 0 }
func (stockStmt) Query([]driver.Value) (driver.Rows, error) { return nil, errors.ErrUnsupported }
func (stockStmt) Exec([]driver.Value) (driver.Result, error) {
	time.Sleep(25 * time.Millisecond)
	return driver.RowsAffected(1), nil
}

// sqlOrders has two connections; since the fault a report keeps both in open transactions.
func sqlOrders(s *service) {
	sql.Register("stock", stockDriver{})
	db, err := sql.Open("stock", "")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(2)
	time.AfterFunc(time.Until(s.faultAt), func() {
		s.log.Info("report begins")
		for range 2 {
			go report(db)
		}
	})
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		ctx, cancel := context.WithTimeout(r.Context(), 300*time.Millisecond)
		defer cancel()
		_, err := db.ExecContext(ctx, "update stock")
		return passOn(w, "update stock", err)
	}))
	s.serve(nil)
}

func report(db *sql.DB) {
	tx, err := db.Begin()
	if err != nil {
		panic(fmt.Sprint("report: ", err))
	}
	time.Sleep(time.Minute)
	_ = tx.Commit()
}
