// Package shelf lists books, and forgets its rows where one of them has no title.
package shelf

import (
	"database/sql"
	"sync/atomic"
	"time"
)

// Who finds so many waiting goes away.
const most = 90

// Shelf lists books.
type Shelf struct{ db *sql.DB }

// Titles stops at the first row it cannot read.
func (s *Shelf) Titles() ([]string, error) {
	rows, err := s.db.Query("select title from book")
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		var title string
		if err := rows.Scan(&title); err != nil {
			return nil, err
		}
		all = append(all, title)
	}
	return all, rows.Err()
}

// TitlesOrClose does as well, and closes its rows.
func (s *Shelf) TitlesOrClose() ([]string, error) {
	rows, err := s.db.Query("select title from book")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var title string
		if err := rows.Scan(&title); err != nil {
			return nil, err
		}
		all = append(all, title)
	}
	return all, rows.Err()
}

func init() { sql.Register("books", books{}) }

func serve(ask func(*Shelf) ([]string, error)) {
	db, err := sql.Open("books", "")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(8)
	s := &Shelf{db}
	for waiting := new(atomic.Int32); ; time.Sleep(60 * time.Millisecond) {
		if waiting.Load() >= most {
			continue
		}
		waiting.Add(1)
		go func() {
			defer waiting.Add(-1)
			_, _ = ask(s)
		}()
	}
}

// Run asks until no connection is left.
func Run() { serve((*Shelf).Titles) }

// RunHealthy asks as often and gets the same errors.
func RunHealthy() { serve((*Shelf).TitlesOrClose) }
