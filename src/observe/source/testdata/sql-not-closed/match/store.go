package match

import (
	"context"
	"database/sql"
	"errors"
)

var errNone = errors.New("none")

type store struct{ db *sql.DB }

// a return out of the loop
func (s *store) names(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, "select name from customer") // want
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

// only the first row is read
func (s *store) first() (string, error) {
	rows, err := s.db.Query("select name from customer order by 1") // want
	if err != nil {
		return "", err
	}
	var name string
	if rows.Next() {
		err = rows.Scan(&name)
	}
	return name, err
}

// a transaction stays open when a statement fails
func (s *store) move(ctx context.Context, n int) error {
	tx, err := s.db.BeginTx(ctx, nil) // want
	if err != nil {
		return err
	}
	if _, err := tx.Exec("update stock set n = n - ?", n); err != nil {
		return err
	}
	return tx.Commit()
}

// or when there is nothing to do
func (s *store) take(n int) error {
	tx, err := s.db.Begin() // want
	if err != nil {
		return err
	}
	if n == 0 {
		return errNone
	}
	if _, err := tx.Exec("update stock set n = n - ?", n); err != nil {
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return nil
}

func (s *store) ping(ctx context.Context) error {
	conn, err := s.db.Conn(ctx) // want
	if err != nil {
		return err
	}
	if err := conn.PingContext(ctx); err != nil {
		return err
	}
	return conn.Close()
}
