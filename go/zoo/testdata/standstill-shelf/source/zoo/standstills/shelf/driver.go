package shelf

import (
	"database/sql/driver"
	"io"
	"time"
)

// books is a database whose one table has three rows, the last of them without a title.
type books struct{}
type session struct{}
type statement struct{}
type result struct{ next int }

func (books) Open(string) (driver.Conn, error)               { return session{}, nil }
func (session) Prepare(string) (driver.Stmt, error)          { return statement{}, nil }
func (session) Close() error                                 { return nil }
func (session) Begin() (driver.Tx, error)                    { return session{}, nil }
func (session) Commit() error                                { return nil }
func (session) Rollback() error                              { return nil }
func (statement) Close() error                               { return nil }
func (statement) NumInput() int                              { return -1 }
func (statement) Exec([]driver.Value) (driver.Result, error) { return driver.RowsAffected(1), nil }
func (statement) Query(args []driver.Value) (driver.Rows, error) {
	time.Sleep(2 * time.Millisecond)
	return &result{}, nil
}
func (*result) Columns() []string { return []string{"title"} }
func (*result) Close() error      { return nil }
func (r *result) Next(into []driver.Value) error {
	if r.next == 3 {
		return io.EOF
	}
	into[0] = "title"
	if r.next == 2 {
		into[0] = nil
	}
	r.next++
	return nil
}
