package miss

import (
	"context"
	"database/sql"
)

type store struct{ db *sql.DB }

// closed whatever happens
func (s *store) names(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, "select name from customer")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
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

// read to the end
func (s *store) count() (n int, err error) {
	rows, err := s.db.Query("select name from customer")
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// a row gives its connection back when it is scanned
func (s *store) one() (n int, err error) {
	err = s.db.QueryRow("select count(*) from customer").Scan(&n)
	return n, err
}

func (s *store) move(ctx context.Context, n int) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("update stock set n = n - ?", n); err != nil {
		return err
	}
	return tx.Commit()
}

func (s *store) take(n int) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
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

// somebody else's from here on
func (s *store) begin() (*sql.Tx, error) {
	tx, err := s.db.Begin()
	if err != nil {
		return nil, err
	}
	return tx, nil
}

func (s *store) in(f func(*sql.Tx) error) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	return finish(tx, f(tx))
}

func finish(tx *sql.Tx, err error) error {
	if err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}
